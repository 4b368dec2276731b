using System.Runtime.InteropServices;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// The pairs of neighbouring tokens in counted words, kept up to date as pairs join: only words that have the pair are looked at. Each pair knows its words, and
/// a queue knows which pair was most frequent when it last grew; a pair that has shrunk since is put back when its turn comes.
/// </summary>
internal sealed class BpePairs
{
    private const long FewestJoined = 2;

    private readonly int[] _parts;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly long[] _counts;
    private readonly Dictionary<ulong, Pair> _pairs = [];
    private readonly PriorityQueue<Pair, Rank> _queue = new();
    private readonly Dictionary<byte[], int> _ids = new(ByteSpanComparer.Instance);
    private readonly List<Pair> _grown = [];

    /// <param name="words">The words of a text and how often they occur.</param>
    public BpePairs(IReadOnlyCollection<KeyValuePair<byte[], long>> words)
    {
        // All words stand in one array, one after the other, and become shorter in their places.
        _parts = [.. words.SelectMany(word => word.Key).Select(value => (int)value)];
        _lengths = [.. words.Select(word => word.Key.Length)];
        _starts = [.. _lengths.Select((length, word) => word == 0 ? 0 : _lengths[word - 1])];
        _counts = [.. words.Select(word => word.Value)];
        for (var value = 0; value < 256; value++)
        {
            Token([(byte)value]);
        }

        for (var word = 0; word < _lengths.Length; word++)
        {
            _starts[word] += word == 0 ? 0 : _starts[word - 1];
            for (var i = _starts[word] + 1; i < _starts[word] + _lengths[word]; i++)
            {
                Grow(_parts[i - 1], _parts[i], word);
            }
        }

        EnqueueGrown();
    }

    /// <summary>The bytes of each token, by id.</summary>
    public List<byte[]> Tokens { get; } = [];

    /// <summary>The pairs that have joined, in their order.</summary>
    public List<(int Left, int Right)> Merges { get; } = [];

    /// <summary>Joins the most frequent pair; false when none occurs twice.</summary>
    public bool TryJoin()
    {
        while (_queue.TryDequeue(out var pair, out var rank))
        {
            if (rank.Count > pair.Count && !pair.Joined)
            {
                Enqueue(pair);
            }
            else if (rank.Count == pair.Count && !pair.Joined)
            {
                Join(pair);
                return true;
            }
        }

        return false;
    }

    private void Join(Pair pair)
    {
        var (left, right) = ((int)(pair.Key >> 32), (int)(uint)pair.Key);
        var whole = Token([.. Tokens[left], .. Tokens[right]]);
        Merges.Add((left, right));
        pair.Joined = true;
        foreach (var word in pair.Words)
        {
            Rewrite(word, left, right, whole);
        }

        pair.Words = [];
        EnqueueGrown();
    }

    /// <summary>Joins the pair wherever it occurs in a word, from the left on, and counts its neighbours anew.</summary>
    private void Rewrite(int word, int left, int right, int whole)
    {
        var parts = _parts.AsSpan(_starts[word], _lengths[word]);
        var kept = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] != left || i + 1 == parts.Length || parts[i + 1] != right)
            {
                parts[kept++] = parts[i];
                continue;
            }

            if (kept > 0)
            {
                Shrink(parts[kept - 1], left, word);
                Grow(parts[kept - 1], whole, word);
            }

            i++;
            if (i + 1 < parts.Length)
            {
                Shrink(right, parts[i + 1], word);
                Grow(whole, parts[i + 1], word);
            }

            parts[kept++] = whole;
        }

        _lengths[word] = kept;
    }

    private void Grow(int left, int right, int word)
    {
        var key = ((ulong)(uint)left << 32) | (uint)right;
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out _);
        pair ??= new Pair(key);
        if (pair.Joined)
        {
            return;
        }

        pair.Count += _counts[word];
        if (pair.Words.Count == 0 || pair.Words[^1] != word)
        {
            pair.Words.Add(word);
        }

        if (!pair.Grown)
        {
            pair.Grown = true;
            _grown.Add(pair);
        }
    }

    private void Shrink(int left, int right, int word) => _pairs[((ulong)(uint)left << 32) | (uint)right].Count -= _counts[word];

    private void EnqueueGrown()
    {
        foreach (var pair in _grown)
        {
            pair.Grown = false;
            Enqueue(pair);
        }

        _grown.Clear();
    }

    private void Enqueue(Pair pair)
    {
        if (pair.Count >= FewestJoined)
        {
            _queue.Enqueue(pair, new Rank(pair.Count, pair.Key));
        }
    }

    /// <summary>The id of a token; two ways to make the same bytes make the same token.</summary>
    private int Token(byte[] bytes)
    {
        if (_ids.TryAdd(bytes, Tokens.Count))
        {
            Tokens.Add(bytes);
        }

        return _ids[bytes];
    }

    private sealed class Pair(ulong key)
    {
        public ulong Key => key;

        /// <summary>How often it occurs, as long as it has not joined.</summary>
        public long Count { get; set; }

        /// <summary>The words that have it, and perhaps some that had it.</summary>
        public List<int> Words { get; set; } = [];

        /// <summary>Whether it has become a token; it is not looked at again.</summary>
        public bool Joined { get; set; }

        /// <summary>Whether it waits to be put into the queue with its new count.</summary>
        public bool Grown { get; set; }
    }

    /// <summary>More frequent pairs come first, of equally frequent ones the smaller.</summary>
    private readonly record struct Rank(long Count, ulong Key) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => Count != other.Count ? other.Count.CompareTo(Count) : Key.CompareTo(other.Key);
    }
}
