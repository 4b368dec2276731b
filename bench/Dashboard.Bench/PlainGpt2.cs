using System.Text;
using System.Text.RegularExpressions;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Bench;

/// <summary>GPT-2's encoding as one would write it without thinking of speed: the published regular expression, then pair by pair. For text of the basic plane.</summary>
internal sealed partial class PlainGpt2
{
    private readonly Dictionary<string, int> _ranks = [];

    private PlainGpt2()
    {
        foreach (var (rank, bytes) in Gpt2Ranks.Read(Gpt2Ranks.ShippedPath).Index())
        {
            _ranks.Add(Encoding.Latin1.GetString(bytes), rank);
        }
    }

    public static PlainGpt2 Shared { get; } = new();

    public List<int> Encode(string text)
    {
        var tokens = new List<int>();
        foreach (Match word in Pattern().Matches(text))
        {
            var parts = Encoding.UTF8.GetBytes(word.Value).Select(value => ((char)value).ToString()).ToList();
            while (Best(parts) is >= 0 and var best)
            {
                parts[best] += parts[best + 1];
                parts.RemoveAt(best + 1);
            }

            tokens.AddRange(parts.Select(part => _ranks[part]));
        }

        return tokens;
    }

    private int Best(List<string> parts)
    {
        var (best, at) = (int.MaxValue, -1);
        for (var i = 0; i + 1 < parts.Count; i++)
        {
            if (_ranks.TryGetValue(parts[i] + parts[i + 1], out var rank) && rank < best)
            {
                (best, at) = (rank, i);
            }
        }

        return at;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();
}
