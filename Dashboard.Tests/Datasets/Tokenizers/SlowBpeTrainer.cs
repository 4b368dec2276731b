namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>Byte-pair training as it is defined, without regard to time: all pairs are counted again for each merge.</summary>
internal static class SlowBpeTrainer
{
    /// <summary>Merges by rank, and all tokens: bytes are 0 to 255, then what merges make. Of equal counts the smaller pair of ids wins; pairs seen once never join.</summary>
    /// <param name="words">The words of a text, one after the other.</param>
    /// <param name="size">Number of tokens wanted.</param>
    public static (List<(int Left, int Right)> Merges, List<byte[]> Tokens) Train(IEnumerable<byte[]> words, int size)
    {
        var counted = words.GroupBy(Convert.ToHexString).Select(group => (Parts: group.First().Select(b => (int)b).ToList(), Count: group.Count())).ToList();
        var tokens = Enumerable.Range(0, 256).Select(b => new[] { (byte)b }).ToList();
        var merges = new List<(int Left, int Right)>();
        while (tokens.Count < size)
        {
            var best = counted.SelectMany(word => word.Parts.Zip(word.Parts.Skip(1), (left, right) => (Pair: (left, right), word.Count)))
                .Where(pair => !merges.Contains(pair.Pair))
                .GroupBy(pair => pair.Pair, pair => pair.Count)
                .Select(group => (Count: -group.Sum(), Pair: group.Key))
                .DefaultIfEmpty()
                .Min();
            if (best.Count > -2)
            {
                break;
            }

            merges.Add(best.Pair);
            byte[] joined = [.. tokens[best.Pair.left], .. tokens[best.Pair.right]];
            if (!tokens.Any(joined.SequenceEqual))
            {
                tokens.Add(joined);
            }

            var id = tokens.FindIndex(joined.SequenceEqual);
            foreach (var (parts, _) in counted)
            {
                for (var i = 0; i + 1 < parts.Count; i++)
                {
                    if ((parts[i], parts[i + 1]) == best.Pair)
                    {
                        parts[i] = id;
                        parts.RemoveAt(i + 1);
                    }
                }
            }
        }

        return (merges, tokens);
    }
}
