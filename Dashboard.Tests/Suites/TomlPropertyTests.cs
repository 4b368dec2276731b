using System.Globalization;
using System.Text;
using Crossbench.Suites.Toml;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Crossbench.Tests.Suites;

/// <summary>What holds for every text and every value.</summary>
public sealed class TomlPropertyTests
{
    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, Gen.Choose(32, 126)), (2, Gen.Elements(0, 9, 10, 13, 31, 127)), (2, Gen.Choose(128, 0xD7FF)), (1, Gen.Choose(0xE000, 0x10FFFF)))
        .Select(char.ConvertFromUtf32).ArrayOf().Select(string.Concat);

    /// <summary>Random values, each as TOML and as the notation of these tests.</summary>
    private static readonly Gen<(string Toml, string Expected)> Scalars = Gen.OneOf(
        Texts.Select(text => (Basic(text), TomlText.Of(new TomlString(text, default)))),
        Gen.Choose(int.MinValue, int.MaxValue).Select(number => (number.ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture))),
        Gen.Choose(0, int.MaxValue).Select(number => ($"0x{number:X}", $"{number}")),
        Gen.Choose(int.MinValue, int.MaxValue).Select(number => number / 1024.0).Select(number => (Real(number), TomlText.Of(new TomlFloat(number, default)))),
        Gen.Elements(("true", "true"), ("false", "false"), ("inf", "Infinity"), ("1979-05-27", "1979-05-27")),
        Gen.Choose(0, 86_399_999).Select(number => TimeOnly.MinValue.Add(TimeSpan.FromMilliseconds(number))).Select(time => (time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), TomlText.Of(new TomlLocalTime(time, default)))));

    [Fact]
    public void WhatIsWritten_IsReadBack() => ForAll(Tables(3), 300, written =>
    {
        var reading = TomlReader.Read(written.Toml, "f");
        Assert.Empty(reading.Problems);
        Assert.Equal(written.Expected, TomlText.Of(reading.Root));
    });

    [Fact]
    public void AnyText_IsReadOrRefusedWithAPlaceInIt() => ForAll(
        Gen.Frequency((3, Gen.Elements("a", "b", "=", " ", "\n", "\r\n", "[", "]", "{", "}", ",", ".", "\"", "'", "\"\"\"", "'''", "\\", "#", "1", "0x", "_", "-", ":", "true", "1979-05-27", "\t")), (1, Texts))
            .ArrayOf().Select(string.Concat),
        3000,
        text =>
        {
            var (problems, lines) = (TomlReader.Read(text, "f").Problems, text.Split('\n'));
            Assert.All(problems, problem => Assert.InRange(problem.At.Line, 1, lines.Length));
            Assert.All(problems, problem => Assert.InRange(problem.At.Column, 1, lines[problem.At.Line - 1].EnumerateRunes().Count() + 1));
        });

    [Fact]
    public void AnyBytes_AreReadOrRefused() => ForAll(
        Gen.Frequency((3, Gen.Elements((byte)'a', (byte)'=', (byte)'\'', (byte)'"', (byte)'\n')), (1, Gen.Choose(0, 255).Select(b => (byte)b))).ArrayOf(),
        3000,
        bytes => Assert.NotNull(TomlReader.Read(bytes, "f").Root));

    private static void ForAll<T>(Gen<T> values, int count, Action<T> check) =>
        Prop.ForAll(values.ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(1, 3));

    private static Gen<(string Toml, string Expected)> Values(int depth) => depth == 0
        ? Scalars
        : Gen.Frequency(
            (4, Scalars),
            (1, Values(depth - 1).ArrayOf().Select(items => ($"[{string.Concat(items.Select(item => $"\n {item.Toml}, # c\n"))}]", $"[{string.Join(", ", items.Select(item => item.Expected))}]"))),
            (1, Values(depth - 1).ArrayOf().Select(items => (
                $"{{{string.Join(", ", items.Index().Select(item => $"k{item.Index} = {item.Item.Toml}"))}}}",
                $"{{{string.Join(", ", items.Index().Select(item => $"k{item.Index}: {item.Item.Expected}"))}}}"))));

    /// <summary>A document: pairs, then tables under headers, each with pairs.</summary>
    private static Gen<(string Toml, string Expected)> Tables(int depth) =>
        from pairs in Values(depth).ArrayOf()
        from sections in Values(depth).ArrayOf().ArrayOf()
        select (
            Pairs(pairs) + string.Concat(sections.Index().Select(section => $"[ t{section.Index} . x ]\r\n{Pairs(section.Item)}")),
            $"{{{string.Join(", ", pairs.Index().Select(pair => $"p{pair.Index}: {pair.Item.Expected}").Concat(sections.Index().Select(section =>
                $"t{section.Index}: {{x: {{{string.Join(", ", section.Item.Index().Select(pair => $"p{pair.Index}: {pair.Item.Expected}"))}}}}}")))}}}");

    private static string Pairs(IEnumerable<(string Toml, string Expected)> pairs) => string.Concat(pairs.Index().Select(pair => $"p{pair.Index} = {pair.Item.Toml}\n"));

    private static string Real(double number)
    {
        var text = number.ToString("F10", CultureInfo.InvariantCulture);
        return text;
    }

    private static string Basic(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value is '"' or '\\' or < 32 or 127 ? $"\\U{rune.Value:X8}" : rune.ToString());
        }

        return quoted.Append('"').ToString();
    }
}
