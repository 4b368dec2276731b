using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Tests.Datasets;

/// <summary>
/// GPT-2's encoding written down as it is defined, without regard to time: the published regular expression, then pair by pair. The expression runs on a
/// shadow of the text in which each code point outside ASCII is one UTF-16 unit of the same class, since .NET would see the halves of pairs.
/// </summary>
internal static partial class SlowGpt2
{
    private static readonly Lazy<Dictionary<string, int>> Ranks = new(() => File.ReadLines(Gpt2Ranks.ShippedPath)
        .Select(line => line.Split(' '))
        .ToDictionary(parts => Encoding.Latin1.GetString(Convert.FromBase64String(parts[0])), parts => int.Parse(parts[1], CultureInfo.InvariantCulture)));

    public static List<string> Words(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        var shadow = new string([.. runes.Select(Shadow)]);
        return [.. Pattern().Matches(shadow).Select(match => string.Concat(runes.Skip(match.Index).Take(match.Length)))];
    }

    public static List<int> Encode(string text) => [.. Words(text).SelectMany(word => Merge(Encoding.UTF8.GetBytes(word)))];

    public static List<int> Merge(byte[] word)
    {
        var parts = word.Select(b => ((char)b).ToString()).ToList();
        while (true)
        {
            var best = Enumerable.Range(0, parts.Count - 1)
                .Select(i => (Rank: Ranks.Value.GetValueOrDefault(parts[i] + parts[i + 1], int.MaxValue), Index: i))
                .DefaultIfEmpty((Rank: int.MaxValue, Index: 0))
                .Min();
            if (best.Rank == int.MaxValue)
            {
                return [.. parts.Select(part => Ranks.Value[part])];
            }

            parts[best.Index] += parts[best.Index + 1];
            parts.RemoveAt(best.Index + 1);
        }
    }

    private static char Shadow(Rune rune) => rune.IsAscii ? (char)rune.Value :
        Rune.IsWhiteSpace(rune) ? '\u3000' :
        Rune.IsLetter(rune) ? 'é' :
        Rune.IsNumber(rune) ? '²' : '€';

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();
}
