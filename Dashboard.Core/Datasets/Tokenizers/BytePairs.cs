namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Byte-pair encoding by rank: of all neighbours whose bytes together are a token, the pair of the lowest rank is joined (the leftmost of equals), until none
/// is left (Sennrich et al., "Neural machine translation of rare words with subword units", 2016). O(n log n) by a queue.
/// </summary>
internal sealed class BytePairs
{
    private const int Gone = -1;
    private readonly Dictionary<byte[], int> _ranks;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    /// <param name="tokens">The bytes of each token, by rank; all single bytes are among them.</param>
    public BytePairs(IReadOnlyList<byte[]> tokens)
    {
        _ranks = new Dictionary<byte[], int>(tokens.Count, ByteSpanComparer.Instance);
        foreach (var (rank, bytes) in tokens.Index())
        {
            _ranks.Add(bytes, rank);
        }

        _lookup = _ranks.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The token of exactly these bytes.</summary>
    public bool TryGetToken(ReadOnlySpan<byte> bytes, out int token) => _lookup.TryGetValue(bytes, out token);

    /// <summary>The tokens of a piece of text that is not empty.</summary>
    public int[] Merge(ReadOnlySpan<byte> piece)
    {
        // A part is named by its first byte: next[i] is where it ends and the next begins, previous[i] where the one before begins.
        var next = new int[piece.Length + 1];
        var previous = new int[piece.Length + 1];
        var queue = new PriorityQueue<(int Start, int End), long>(piece.Length);
        for (var i = 0; i < piece.Length; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            if (i > 0)
            {
                Offer(queue, piece, i - 1, i + 1);
            }
        }

        var parts = Join(piece, next, previous, queue);
        var tokens = new int[parts];
        for (int i = 0, start = 0; i < parts; i++, start = next[start])
        {
            tokens[i] = _lookup[piece[start..next[start]]];
        }

        return tokens;
    }

    /// <summary>Joins pairs until none is left; returns how many parts remain.</summary>
    private int Join(ReadOnlySpan<byte> piece, int[] next, int[] previous, PriorityQueue<(int Start, int End), long> queue)
    {
        var parts = piece.Length;
        while (queue.TryDequeue(out var pair, out _))
        {
            var middle = next[pair.Start];
            if (middle == Gone || middle >= pair.End || next[middle] != pair.End)
            {
                continue;
            }

            (next[pair.Start], next[middle]) = (pair.End, Gone);
            parts--;
            if (pair.End < piece.Length)
            {
                previous[pair.End] = pair.Start;
                Offer(queue, piece, pair.Start, next[pair.End]);
            }

            if (pair.Start > 0)
            {
                Offer(queue, piece, previous[pair.Start], pair.End);
            }
        }

        return parts;
    }

    private void Offer(PriorityQueue<(int Start, int End), long> queue, ReadOnlySpan<byte> piece, int start, int end)
    {
        if (_lookup.TryGetValue(piece[start..end], out var rank))
        {
            queue.Enqueue((start, end), ((long)rank << 32) | (uint)start);
        }
    }
}
