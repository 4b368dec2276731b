using System.Collections.Concurrent;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// The byte-level byte-pair encoding of GPT-2 (Radford et al., "Language models are unsupervised multitask learners", 2019): 50,256 tokens and the end of
/// text. Text that spells the end of text is encoded like any other.
/// </summary>
public sealed class Gpt2Tokenizer : Tokenizer
{
    /// <summary>Number of token ids.</summary>
    public const int Vocabulary = Gpt2Ranks.Count + 1;

    private const int LongestRemembered = 48;
    private const int MostRemembered = 1 << 18;
    private static readonly Lazy<Gpt2Tokenizer> Loaded = new(() => new Gpt2Tokenizer(Gpt2Ranks.Read(Gpt2Ranks.ShippedPath)), LazyThreadSafetyMode.PublicationOnly);

    private readonly byte[][] _tokens;
    private readonly BytePairs _pairs;
    private readonly ConcurrentDictionary<byte[], int[]> _words = new(ByteSpanComparer.Instance);
    private readonly ConcurrentDictionary<byte[], int[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private int _remembered;

    internal Gpt2Tokenizer(byte[][] tokens)
    {
        _tokens = [.. tokens, "<|endoftext|>"u8.ToArray()];
        _pairs = new BytePairs(tokens);
        _lookup = _words.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The tokenizer, from the file that the build ships.</summary>
    /// <exception cref="SpecException">The file is missing or damaged.</exception>
    public static Gpt2Tokenizer Shared => Loaded.Value;

    /// <inheritdoc/>
    public override string Id => "gpt2";

    /// <inheritdoc/>
    public override int VocabularySize => Vocabulary;

    /// <inheritdoc/>
    public override int? EndOfText => Gpt2Ranks.Count;

    /// <inheritdoc/>
    public override int Encode(ReadOnlySpan<byte> utf8, bool final, ICollection<int> tokens)
    {
        var start = 0;
        while (start < utf8.Length)
        {
            var end = Gpt2Words.End(utf8, start, final);
            if (end == Gpt2Words.Unsettled)
            {
                break;
            }

            Encode(utf8[start..end], tokens);
            start = end;
        }

        return start;
    }

    /// <inheritdoc/>
    public override byte[] DecodeBytes(ReadOnlySpan<int> tokens)
    {
        var length = 0;
        foreach (var token in tokens)
        {
            CheckId(token);
            length += _tokens[token].Length;
        }

        var bytes = new byte[length];
        var at = 0;
        foreach (var token in tokens)
        {
            _tokens[token].CopyTo(bytes, at);
            at += _tokens[token].Length;
        }

        return bytes;
    }

    private void Encode(ReadOnlySpan<byte> word, ICollection<int> tokens)
    {
        // Every token merges to itself (a test goes through all), so a word that is one needs no merging.
        if (_pairs.TryGetToken(word, out var whole))
        {
            tokens.Add(whole);
            return;
        }

        if (!_lookup.TryGetValue(word, out var parts))
        {
            parts = _pairs.Merge(word);
            if (word.Length <= LongestRemembered && Volatile.Read(ref _remembered) < MostRemembered && _lookup.TryAdd(word, parts))
            {
                Interlocked.Increment(ref _remembered);
            }
        }

        foreach (var part in parts)
        {
            tokens.Add(part);
        }
    }
}
