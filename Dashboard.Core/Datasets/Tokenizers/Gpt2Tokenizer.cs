namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// The byte-level byte-pair encoding of GPT-2 (Radford et al., "Language models are unsupervised multitask learners", 2019): 50,256 tokens and the end of
/// text. Text that spells the end of text is encoded like any other.
/// </summary>
public sealed class Gpt2Tokenizer : BytePairTokenizer
{
    /// <summary>Number of token ids.</summary>
    public const int Vocabulary = Gpt2Ranks.Count + 1;

    private const string End = "<|endoftext|>";
    private static readonly Lazy<Gpt2Tokenizer> Loaded = new(() => new Gpt2Tokenizer(Gpt2Ranks.Read(Gpt2Ranks.ShippedPath)), LazyThreadSafetyMode.PublicationOnly);

    internal Gpt2Tokenizer(byte[][] ranked) : base("gpt2", Model(ranked))
    {
    }

    /// <summary>The tokenizer, from the file that the build ships.</summary>
    /// <exception cref="SpecException">The file is missing or damaged.</exception>
    public static Gpt2Tokenizer Shared => Loaded.Value;

    /// <summary>The file ranks tokens, not pairs: two neighbours join when their bytes together are a token, so each way to cut a token in two is a pair.</summary>
    private static BytePairModel Model(byte[][] ranked)
    {
        var ids = new Dictionary<byte[], int>(ranked.Length, ByteSpanComparer.Instance);
        foreach (var (id, bytes) in ranked.Index())
        {
            ids.Add(bytes, id);
        }

        var lookup = ids.GetAlternateLookup<ReadOnlySpan<byte>>();
        var pairs = new List<(int Left, int Right, int Joined)>(ranked.Length * 4);
        foreach (var (id, bytes) in ranked.Index())
        {
            for (var cut = 1; cut < bytes.Length; cut++)
            {
                if (lookup.TryGetValue(bytes.AsSpan(0, cut), out var left) && lookup.TryGetValue(bytes.AsSpan(cut), out var right))
                {
                    pairs.Add((left, right, id));
                }
            }
        }

        var merges = new MergeTable(pairs.Count);
        foreach (var (left, right, joined) in pairs)
        {
            merges.TryAdd(left, right, joined, joined);
        }

        return new BytePairModel([.. ranked, System.Text.Encoding.UTF8.GetBytes(End)], [.. Enumerable.Range(0, 256).Select(value => lookup[[(byte)value]])], merges)
        {
            Scanners = [Gpt2Words.Instance],
            Added = [new AddedToken(ranked.Length, End) { Special = true }],
            EndOfText = ranked.Length,
        };
    }
}
