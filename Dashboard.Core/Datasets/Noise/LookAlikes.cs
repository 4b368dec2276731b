using System.Text;

namespace Crossbench.Datasets.Noise;

/// <summary>Characters and pairs that a scanner takes for one another.</summary>
internal static class LookAlikes
{
    private static readonly string[][] Groups =
    [
        ["l", "1", "I"], ["O", "0"], ["S", "5"], ["B", "8"], ["Z", "2"], ["G", "6"], ["g", "9", "q"], ["e", "c"], ["h", "b"], ["u", "n", "ii"], ["f", "t"], ["a", "o"],
        ["rn", "m"], ["cl", "d"], ["vv", "w"],
    ];

    private static readonly (string Seen, string[] Instead)[] Pairs = Find(2);
    private static readonly Dictionary<char, string[]> Singles = Find(1).ToDictionary(item => item.Seen[0], item => item.Instead);

    /// <summary>What the character at a place, or the pair that begins there, may be taken for, and how many characters that are.</summary>
    public static IReadOnlyList<(string? Instead, int Length)> At(Rune[] text, int at)
    {
        if (!text[at].IsAscii)
        {
            return [];
        }

        var found = new List<(string?, int)>();
        foreach (var (seen, instead) in Pairs)
        {
            if (text[at].Value == seen[0] && at + 1 < text.Length && text[at + 1].Value == seen[1])
            {
                found.AddRange(instead.Select(other => ((string?)other, 2)));
            }
        }

        found.AddRange(Singles.GetValueOrDefault((char)text[at].Value, []).Select(other => ((string?)other, 1)));
        return found;
    }

    private static (string Seen, string[] Instead)[] Find(int length) =>
        [.. Groups.SelectMany(group => group.Where(seen => seen.Length == length).Select(seen => (seen, group.Where(other => other != seen).ToArray())))];
}
