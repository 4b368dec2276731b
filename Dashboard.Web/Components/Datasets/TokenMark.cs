using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Web.Components.Diagnostics;

namespace Crossbench.Web.Components.Datasets;

/// <summary>A token as a page shows it.</summary>
/// <param name="Style">Its CSS classes: class of the token, and whether it is scored.</param>
/// <param name="Text">Text in which everything can be seen.</param>
/// <param name="Title">All that is known of it.</param>
internal sealed record TokenMark(string Style, string Text, string Title)
{
    private const string First = "given";

    /// <summary>The tokens of a row; neighbouring padding is one mark.</summary>
    public static IEnumerable<TokenMark> Of(SampleRow row)
    {
        for (var i = 0; i < row.Tokens.Count; i++)
        {
            var start = i;
            while (i < row.Tokens.Count && row.Tokens[i].Class == TokenClass.Padding)
            {
                i++;
            }

            if (i > start)
            {
                yield return new TokenMark("tk-padding un", $"padding × {Format.Count(i - start)}", string.Create(CultureInfo.InvariantCulture, $"positions {start} to {i - 1}: padding, not scored"));
                i--;
            }
            else
            {
                yield return Of(row.Tokens[i], i);
            }
        }
    }

    /// <summary>Word for the class of a token; the first one of a row is given.</summary>
    public static string WordOf(SampleToken token) => token.Class is { } kind ? Format.Word(kind) : First;

    /// <summary>CSS classes for a class of tokens.</summary>
    public static string StyleOf(TokenClass? kind, bool isScored) => $"tk-{(kind is { } known ? Format.Word(known) : First)}{(isScored ? "" : " un")}";

    /// <summary>How tokens stand side by side: ids and words apart, pieces of words with their seams, letters as a text.</summary>
    public static string KindOf(SampleRow row)
    {
        var texts = row.Tokens.Where(token => token.Class != TokenClass.Padding).Select(token => token.Text).ToArray();
        return row.Text == string.Join(' ', texts) ? "ids" : texts.Average(text => text.Length) > 1.5 ? "words" : "letters";
    }

    /// <summary>A mark for each class that occurs as scored, and what tells tokens that are not.</summary>
    public static IEnumerable<(string Style, string Word)> Legend(IEnumerable<SampleRow> rows)
    {
        var tokens = rows.SelectMany(row => row.Tokens).ToArray();
        var kinds = tokens.Select(token => token.Class).OfType<TokenClass>().Where(kind => kind != TokenClass.Padding).Distinct().Order().ToArray();
        return
        [
            .. kinds.Select(kind => (StyleOf(kind, true), kind == TokenClass.Plain ? "scored" : Format.Word(kind))),
            (StyleOf(TokenClass.Plain, false), "not scored"),
            .. tokens.Any(token => token.Predicted is not null) ? new[] { (StyleOf(TokenClass.Plain, true) + " sub", "to be predicted clean") } : [],
        ];
    }

    private static TokenMark Of(SampleToken token, int position)
    {
        var facts = string.Create(CultureInfo.InvariantCulture, $"position {position}, id {token.Id}: {WordOf(token)}, {(token.IsScored ? "scored" : "not scored")}");
        return new TokenMark(
            StyleOf(token.Class, token.IsScored) + (token.Predicted is null ? "" : " sub"),
            VisibleText.Of(token.Text),
            token.Predicted is { } predicted ? $"{facts}; in its place {VisibleText.Of(predicted)} is to be predicted" : facts);
    }
}
