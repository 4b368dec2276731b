using System.Globalization;
using System.Text;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Text in which everything can be seen: signs stand for white space, code points for what else has no shape.</summary>
internal static class VisibleText
{
    /// <summary>The text with signs.</summary>
    public static string Of(string text) => text.Length == 0 ? "∅" : string.Concat(text.EnumerateRunes().Select(Of));

    /// <summary>The text with signs for all but its spaces.</summary>
    public static string WithSpaces(string text) => string.Join(' ', text.Split(' ').Select(part => part.Length == 0 ? "" : Of(part)));

    private static string Of(Rune rune) => rune.Value switch
    {
        ' ' => "␣",
        '\n' => "↵",
        '\t' => "⇥",
        < ' ' => ((char)(0x2400 + rune.Value)).ToString(),
        0x7f => "␡",
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator =>
                string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}"),
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => "◌" + rune,
            _ => rune.ToString(),
        },
    };
}
