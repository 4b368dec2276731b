using System.Runtime.InteropServices;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Remembers the tokens of short words: a slot for each hash, which the last word with that hash holds. Entries never change, so threads may share it without
/// a lock; at worst one overwrites what another has just put there.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words are not remembered.</summary>
    public const int LongestWord = 64;

    private const int Slots = 1 << 16;
    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <summary>The tokens of a word of 1 to <see cref="LongestWord"/> bytes, if it is remembered.</summary>
    public bool TryGet(ReadOnlySpan<byte> word, out ReadOnlySpan<int> tokens)
    {
        Read(word, out var first, out var last);
        if (_entries[Slot(word, first, last)] is { } entry && entry.First == first && entry.Last == last && entry.Word.Length == word.Length &&
            (word.Length <= 2 * sizeof(ulong) || word.SequenceEqual(entry.Word)))
        {
            tokens = entry.Tokens;
            return true;
        }

        tokens = default;
        return false;
    }

    public void Remember(ReadOnlySpan<byte> word, ReadOnlySpan<int> tokens)
    {
        Read(word, out var first, out var last);
        _entries[Slot(word, first, last)] = new Entry(first, last, word.ToArray(), tokens.ToArray());
    }

    /// <summary>The first and the last eight bytes; with the length they tell words of up to sixteen bytes apart.</summary>
    private static void Read(ReadOnlySpan<byte> word, out ulong first, out ulong last)
    {
        if (word.Length >= sizeof(ulong))
        {
            first = MemoryMarshal.Read<ulong>(word);
            last = MemoryMarshal.Read<ulong>(word[^sizeof(ulong)..]);
        }
        else if (word.Length >= sizeof(uint))
        {
            first = MemoryMarshal.Read<uint>(word);
            last = MemoryMarshal.Read<uint>(word[^sizeof(uint)..]);
        }
        else
        {
            first = word[0] | ((ulong)word[word.Length / 2] << 8);
            last = word[^1];
        }
    }

    private static int Slot(ReadOnlySpan<byte> word, ulong first, ulong last)
    {
        var hash = ((first ^ (ulong)word.Length) * 0x9E3779B97F4A7C15UL) ^ (last * 0xC2B2AE3D27D4EB4FUL);
        for (var at = sizeof(ulong); at + (2 * sizeof(ulong)) < word.Length + sizeof(ulong); at += sizeof(ulong))
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(word[at..])) * 0x9E3779B97F4A7C15UL;
            hash ^= hash >> 29;
        }

        return (int)((hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15UL >> 48);
    }

    private sealed class Entry(ulong first, ulong last, byte[] word, int[] tokens)
    {
        public readonly ulong First = first;
        public readonly ulong Last = last;
        public readonly byte[] Word = word;
        public readonly int[] Tokens = tokens;
    }
}
