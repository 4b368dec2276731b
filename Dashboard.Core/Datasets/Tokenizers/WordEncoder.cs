using System.Runtime.InteropServices;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Byte-pair encoding of a word: of all neighbours that join, those of the lowest rank do (the leftmost of equals), until none is left (Sennrich et al.,
/// "Neural machine translation of rare words with subword units", 2016).
/// </summary>
/// <param name="byteTokens">The token of each byte; negative where there is none.</param>
/// <param name="merges">Which tokens join.</param>
/// <param name="wholes">Words that are a token without any merging; null when all are merged.</param>
internal sealed class WordEncoder(int[] byteTokens, MergeTable merges, Dictionary<byte[], int>? wholes)
{
    private const int Short = 64;
    private readonly WordCache _cache = new();

    /// <summary>Adds the tokens of a word that is not empty.</summary>
    public void Encode(ReadOnlySpan<byte> word, List<int> tokens)
    {
        if (word.Length > WordCache.LongestWord)
        {
            EncodeAnew(word, tokens);
        }
        else if (_cache.TryGet(word, out var known))
        {
            if (known.Length == 1)
            {
                tokens.Add(known[0]);
            }
            else
            {
                tokens.AddRange(known);
            }
        }
        else
        {
            var start = tokens.Count;
            EncodeAnew(word, tokens);
            _cache.Remember(word, CollectionsMarshal.AsSpan(tokens)[start..]);
        }
    }

    private void EncodeAnew(ReadOnlySpan<byte> word, List<int> tokens)
    {
        if (wholes is not null && wholes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(word, out var whole))
        {
            tokens.Add(whole);
            return;
        }

        var parts = word.Length <= Short ? stackalloc int[word.Length] : new int[word.Length];
        for (var i = 0; i < word.Length; i++)
        {
            parts[i] = byteTokens[word[i]] is >= 0 and var token ? token : throw NoToken(word[i]);
        }

        tokens.AddRange(parts[..(word.Length <= Short ? JoinShort(parts) : JoinLong(parts))]);
    }

    /// <summary>Joins in place by looking through all pairs each time, which is fastest for few; returns how many tokens are left.</summary>
    private int JoinShort(Span<int> parts)
    {
        Span<ulong> pairs = stackalloc ulong[Short];
        for (var i = 0; i + 1 < parts.Length; i++)
        {
            pairs[i] = merges.Find(parts[i], parts[i + 1]);
        }

        var count = parts.Length;
        while (true)
        {
            var (best, at) = (MergeTable.None, 0);
            for (var i = 0; i + 1 < count; i++)
            {
                if (pairs[i] < best)
                {
                    (best, at) = (pairs[i], i);
                }
            }

            if (best == MergeTable.None)
            {
                return count;
            }

            parts[(at + 2)..count].CopyTo(parts[(at + 1)..]);
            pairs[(at + 1)..count].CopyTo(pairs[at..]);
            count--;
            parts[at] = (int)(uint)best;
            if (at + 1 < count)
            {
                pairs[at] = merges.Find(parts[at], parts[at + 1]);
            }

            if (at > 0)
            {
                pairs[at - 1] = merges.Find(parts[at - 1], parts[at]);
            }
        }
    }

    /// <summary>Joins in place by a queue of pairs, O(n log n); returns how many tokens are left.</summary>
    private int JoinLong(Span<int> parts)
    {
        // A part is named by its first byte: next[i] is where the one after begins, previous[i] where the one before does. What is gone is -1.
        var next = new int[parts.Length];
        var previous = new int[parts.Length];
        var queue = new PriorityQueue<(int Start, ulong Merge), ulong>(parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            (next[i], previous[i]) = (i + 1, i - 1);
            Offer(queue, parts, i, i + 1);
        }

        while (queue.TryDequeue(out var pair, out _))
        {
            var start = pair.Start;
            var middle = next[start];
            if (parts[start] < 0 || middle == parts.Length || merges.Find(parts[start], parts[middle]) != pair.Merge)
            {
                continue;
            }

            (parts[start], parts[middle], next[start]) = ((int)(uint)pair.Merge, -1, next[middle]);
            if (next[start] < parts.Length)
            {
                previous[next[start]] = start;
            }

            Offer(queue, parts, start, next[start]);
            if (start > 0)
            {
                Offer(queue, parts, previous[start], start);
            }
        }

        var count = 0;
        for (var i = 0; i < parts.Length; i = next[i])
        {
            parts[count++] = parts[i];
        }

        return count;
    }

    private void Offer(PriorityQueue<(int Start, ulong Merge), ulong> queue, ReadOnlySpan<int> parts, int start, int middle)
    {
        if (middle < parts.Length && merges.Find(parts[start], parts[middle]) is not MergeTable.None and var merge)
        {
            queue.Enqueue((start, merge), (merge & 0xFFFF_FFFF_0000_0000UL) | (uint)start);
        }
    }

    private static SpecException NoToken(byte value) => new(new SpecProblem(
        TokenizerFileFault.Option,
        $"The tokenizer has no token for the byte 0x{value:X2}, which the text holds.",
        "Give text in UTF-8, which never has that byte, or use a tokenizer that knows all 256 bytes."));
}
