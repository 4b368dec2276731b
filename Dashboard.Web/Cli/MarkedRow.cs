using System.Text;
using Crossbench.Datasets;
using Crossbench.Web.Components.Datasets;
using Crossbench.Web.Components.Diagnostics;

namespace Crossbench.Web.Cli;

/// <summary>A sample row on a terminal: lines of its tokens, and below each a line with a letter at the beginning of every token for its class, capital where it is scored.</summary>
internal static class MarkedRow
{
    private const int Width = 100;
    private const char Given = 'g';
    private const string Reset = "\e[0m";

    private static readonly Dictionary<TokenClass, (char Letter, string Colour)> Marks = new()
    {
        [TokenClass.Plain] = ('p', "\e[39m"),
        [TokenClass.Signal] = ('s', "\e[36m"),
        [TokenClass.Noise] = ('n', "\e[2m"),
        [TokenClass.Needle] = ('e', "\e[35m"),
        [TokenClass.Rule] = ('r', "\e[33m"),
        [TokenClass.Answer] = ('a', "\e[32m"),
        [TokenClass.Padding] = ('_', "\e[2m"),
    };

    /// <summary>What the letters mean, of the classes that occur.</summary>
    public static string Legend(IEnumerable<SampleRow> rows)
    {
        var kinds = rows.SelectMany(row => row.Tokens).Select(token => token.Class).OfType<TokenClass>().Distinct().Order();
        return $"Below each token its class: {string.Join(", ", kinds.Select(kind => $"{Marks[kind].Letter} {Format.Word(kind)}").Prepend($"{Given} given"))}; a capital is scored.";
    }

    /// <summary>Writes a row.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="row">The row.</param>
    /// <param name="inColour">Whether the terminal shows colours.</param>
    public static void Write(TextWriter writer, SampleRow row, bool inColour)
    {
        var gap = TokenMark.KindOf(row) == "ids" ? " " : "";
        var (text, marks, width) = (new StringBuilder(), new StringBuilder(), 0);
        foreach (var (shown, letter, colour, endsLine) in Cells(row))
        {
            if (width > 0 && width + shown.Length > Width)
            {
                End();
            }

            text.Append(inColour ? $"{colour}{shown}{Reset}" : shown).Append(gap);
            marks.Append(letter).Append(' ', shown.Length - 1).Append(gap);
            width += shown.Length + gap.Length;
            if (endsLine)
            {
                End();
            }
        }

        End();

        void End()
        {
            if (width > 0)
            {
                writer.WriteLine($"  {text}".TrimEnd());
                writer.WriteLine($"  {marks}".TrimEnd());
            }

            text.Clear();
            marks.Clear();
            width = 0;
        }
    }

    /// <summary>The tokens; neighbouring padding is one. Spaces stay spaces, a line feed ends the line.</summary>
    private static IEnumerable<(string Shown, char Letter, string Colour, bool EndsLine)> Cells(SampleRow row)
    {
        for (var i = 0; i < row.Tokens.Count; i++)
        {
            var token = row.Tokens[i];
            if (token.Class == TokenClass.Padding)
            {
                var start = i;
                while (i + 1 < row.Tokens.Count && row.Tokens[i + 1].Class == TokenClass.Padding)
                {
                    i++;
                }

                yield return ($"[padding × {i - start + 1}]", Marks[TokenClass.Padding].Letter, Marks[TokenClass.Padding].Colour, false);
                continue;
            }

            var (letter, colour) = token.Class is { } kind ? Marks[kind] : (Given, Marks[TokenClass.Noise].Colour);
            var shown = VisibleText.WithSpaces(token.Text);
            yield return (shown.Length == 0 ? VisibleText.Of("") : shown, token.IsScored ? char.ToUpperInvariant(letter) : letter, colour, token.Text.EndsWith('\n'));
        }
    }
}
