using System.Text.Json;

namespace Crossbench.Datasets.Corpora;

/// <summary>A <c>.json</c> file: one value over many lines, which is neither a text nor a record on each line.</summary>
internal static class JsonFile
{
    private const int Looked = 1 << 16;
    private static readonly string[] NamesOfTokenizers = ["added_tokens", "pre_tokenizer"];

    /// <summary>Whether a file is one, by its name.</summary>
    public static bool Is(FileInfo file) => file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is a <c>tokenizer.json</c>, by the names in its outermost object.</summary>
    public static bool IsTokenizer(string path) => Names(Start(path)).Overlaps(NamesOfTokenizers);

    /// <summary>Why it is not read as text, and what to do with it.</summary>
    public static SpecProblem Problem(string path)
    {
        var start = Start(path);
        if (Names(start).Overlaps(NamesOfTokenizers))
        {
            return new SpecProblem(TextProblems.PathOption, $"\"{path}\" is a tokenizer, not a text.", "Set dataset.tokenizer to file, give it as dataset.tokenizerFile, and name a text here.");
        }

        return HasRecordLines(start)
            ? new SpecProblem(TextProblems.PathOption, $"\"{path}\" has a JSON record on each line, but the name of another kind of file.", "Rename it to .jsonl.")
            : new SpecProblem(
                TextProblems.PathOption,
                $"\"{path}\" is {(start is [(byte)'[', ..] ? "one JSON list" : "one JSON value")}, not a record on each line.",
                "Make a .jsonl file of it, as jq -c '.[]' FILE.json > FILE.jsonl does of a list; or rename it to .txt to read its characters as they are.");
    }

    /// <summary>The first bytes, without byte-order mark and white space before them.</summary>
    private static byte[] Start(string path)
    {
        using var file = File.OpenHandle(path);
        var start = new byte[(int)Math.Min(Looked, RandomAccess.GetLength(file))];
        var bytes = start.AsSpan(0, RandomAccess.Read(file, start, 0));
        return (bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes).TrimStart(" \r\n\t"u8).ToArray();
    }

    private static bool HasRecordLines(ReadOnlySpan<byte> start)
    {
        var end = start.IndexOf((byte)'\n');
        if (end < 0 || !start[(end + 1)..].TrimStart(" \r\n\t"u8).StartsWith((byte)'{'))
        {
            return false;
        }

        try
        {
            using var record = JsonDocument.Parse(start[..end].ToArray());
            return record.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            // The first line is no value by itself.
            return false;
        }
    }

    /// <summary>Names in the outermost object, as far as was looked.</summary>
    private static HashSet<string> Names(ReadOnlySpan<byte> start)
    {
        var names = new HashSet<string>();
        var reader = new Utf8JsonReader(start, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    names.Add(reader.GetString()!);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Broken further on: what stands before it tells enough.
            return names;
        }

        return names;
    }
}
