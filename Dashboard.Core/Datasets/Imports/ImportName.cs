using System.Globalization;
using System.Text;

namespace Crossbench.Datasets.Imports;

/// <summary>Names of files that a browser sends, made fit for any file system.</summary>
internal static class ImportName
{
    private const int LongestBytes = 120;
    private const string Nameless = "import";
    private static readonly string[] Devices = ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"com{i}", $"lpt{i}" })];

    /// <summary>The name without folders, control characters, signs that a shell or a file system reads otherwise, or a leading dot.</summary>
    public static string Safe(string sent)
    {
        var name = sent[(sent.LastIndexOfAny(['/', '\\']) + 1)..].Normalize(NormalizationForm.FormC);
        var letters = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            letters.Append(IsFit(rune) ? rune.ToString() : "-");
        }

        var (stem, ending) = Split(letters.ToString().Trim(' ', '.', '-'));
        stem = stem.TrimEnd(' ', '.', '-');
        stem = stem.Length == 0 ? Nameless : Devices.Contains(stem.ToLowerInvariant()) ? $"{stem}-{Nameless}" : stem;
        ending = ending.Equals(ImportFolder.Unfinished, StringComparison.OrdinalIgnoreCase) ? "-partial" : ending;
        return Cut(stem, LongestBytes - Encoding.UTF8.GetByteCount(ending)) + ending;
    }

    /// <summary>The name with a number before its ending: the second <c>book.txt</c> is <c>book-2.txt</c>.</summary>
    public static string Numbered(string name, int number)
    {
        var (stem, ending) = Split(name);
        return number < 2 ? name : string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}{ending}");
    }

    private static bool IsFit(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '-' or '_' or ' ' or '(' or ')' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static (string Stem, string Ending) Split(string name)
    {
        var at = name.LastIndexOf('.');
        return at <= 0 || name.Length - at > 12 ? (name, "") : (name[..at], name[at..]);
    }

    private static string Cut(string text, int bytes)
    {
        var (kept, size) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            size += rune.Utf8SequenceLength;
            if (size > bytes)
            {
                break;
            }

            kept += rune.Utf16SequenceLength;
        }

        return text[..kept];
    }
}
