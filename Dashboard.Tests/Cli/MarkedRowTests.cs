using Crossbench.Datasets;
using Crossbench.Web.Cli;
using Xunit;

namespace Crossbench.Tests.Cli;

public sealed class MarkedRowTests
{
    [Fact]
    public void Text_HasItsClassesBelowIt_AndBreaksWhereItsLinesEnd()
    {
        var row = new SampleRow(0, [Token("The", null, false), Token(" cat", TokenClass.Plain, true), Token("\n", TokenClass.Noise, true), Token("é", TokenClass.Answer, false), Token("", TokenClass.Padding, false), Token("", TokenClass.Padding, false)], "The cat\né");
        Assert.Equal(["  The cat↵", "  g  P   N", "  é[padding × 2]", "  a_"], Lines(row));
        Assert.Equal("Below each token its class: g given, p plain, n noise, a answer, _ padding; a capital is scored.", MarkedRow.Legend([row]));
    }

    [Fact]
    public void Ids_StandApart_AndLongRowsAreFolded()
    {
        var row = new SampleRow(0, [.. Enumerable.Range(100, 60).Select(i => Token($"{i}", i == 100 ? null : TokenClass.Signal, i > 100))], string.Join(' ', Enumerable.Range(100, 60)));
        var lines = Lines(row);
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("  100 101 102", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  g   S   S", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 102));
        Assert.Equal(59, lines.Where((_, i) => i % 2 == 1).Sum(line => line.Count(letter => letter == 'S')));
    }

    [Fact]
    public void Colours_AreAddedToTheTextAlone()
    {
        var writer = new StringWriter();
        MarkedRow.Write(writer, new SampleRow(0, [Token("a", null, false), Token("b", TokenClass.Answer, true)], "ab"), inColour: true);
        Assert.Equal(["  \e[2ma\e[0m\e[32mb\e[0m", "  gA"], writer.ToString().TrimEnd().Split('\n'));
    }

    private static string[] Lines(SampleRow row)
    {
        var writer = new StringWriter();
        MarkedRow.Write(writer, row, inColour: false);
        return writer.ToString().TrimEnd().Split('\n');
    }

    private static SampleToken Token(string text, TokenClass? kind, bool isScored) => new(text.Length == 0 ? 0 : text[0], text, kind, isScored);
}
