using System.Text;

namespace Crossbench.Suites.Toml;

/// <summary>A TOML file as read, and all that is wrong with it.</summary>
/// <param name="Root">The root table; where there are problems, without what could not be read.</param>
/// <param name="Problems">Everything that TOML forbids, in the order of the file.</param>
public sealed record TomlReading(TomlTable Root, IReadOnlyList<SuiteProblem> Problems);

/// <summary>
/// Reads TOML 1.0 (toml.io), all of it and nothing beyond it. Every value keeps its place. After a mistake the reading goes on with the next line, so that all
/// mistakes are told at once; a mistake within a value over several lines ends it, because what follows could mean anything.
/// </summary>
public static class TomlReader
{
    private const char ByteOrderMark = '\uFEFF';
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file's content.</summary>
    /// <param name="content">The bytes; UTF-8, with or without a byte order mark.</param>
    /// <param name="file">Name of the file, for problems.</param>
    public static TomlReading Read(ReadOnlySpan<byte> content, string file)
    {
        var valid = ValidLength(content);
        if (valid == content.Length)
        {
            return Read(Strict.GetString(content), file);
        }

        var before = new TomlCursor(WithoutMark(Strict.GetString(content[..valid])));
        before.MoveTo(before.Text.Length);
        var problem = new SpecProblem("", $"The byte 0x{content[valid]:X2} is not UTF-8.", "Save the file as UTF-8.");
        return new TomlReading(new TomlTable(new TextPosition(1, 1)), [new SuiteProblem(file, before.Position, problem)]);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Name of the file, for problems.</param>
    public static TomlReading Read(string text, string file)
    {
        var parser = new TomlParser(new TomlCursor(WithoutMark(text)));
        parser.ReadDocument();
        return new TomlReading(parser.Root, [.. parser.Errors.OrderBy(error => error.At.Line).ThenBy(error => error.At.Column).Select(error => new SuiteProblem(file, error.At, error.Problem))]);
    }

    private static string WithoutMark(string text) => text.StartsWith(ByteOrderMark) ? text[1..] : text;

    private static int ValidLength(ReadOnlySpan<byte> content)
    {
        var offset = 0;
        while (offset < content.Length && Rune.DecodeFromUtf8(content[offset..], out _, out var taken) == System.Buffers.OperationStatus.Done)
        {
            offset += taken;
        }

        return offset;
    }
}
