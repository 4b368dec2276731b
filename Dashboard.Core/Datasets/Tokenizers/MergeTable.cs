using System.Numerics;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Which neighbouring tokens join, in which order, and what they become: open addressing over both ids as one key.</summary>
internal sealed class MergeTable
{
    /// <summary>The value of a pair that does not join; greater than that of any that does.</summary>
    public const ulong None = ulong.MaxValue;

    private readonly ulong[] _slots;
    private readonly int _shift;

    /// <param name="capacity">Number of pairs that will be added.</param>
    public MergeTable(int capacity)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity) * 2);
        _slots = new ulong[slots * 2];
        _shift = 64 - BitOperations.Log2((uint)slots);
        Array.Fill(_slots, None);
    }

    /// <summary>Adds a pair.</summary>
    /// <returns>False when it was there already; then nothing changes.</returns>
    public bool TryAdd(int left, int right, int rank, int joined)
    {
        var slot = Slot(Key(left, right));
        if (_slots[slot] != None)
        {
            return false;
        }

        (_slots[slot], _slots[slot + 1]) = (Key(left, right), ((ulong)(uint)rank << 32) | (uint)joined);
        return true;
    }

    /// <summary>The rank of a pair in the upper half and what it becomes in the lower, or <see cref="None"/>.</summary>
    public ulong Find(int left, int right) => _slots[Slot(Key(left, right)) + 1];

    /// <summary>The pairs in a fixed order: left and right id, and the value.</summary>
    public IEnumerable<(ulong Pair, ulong Value)> Ordered() =>
        Enumerable.Range(0, _slots.Length / 2).Where(i => _slots[i * 2] != None).Select(i => (_slots[i * 2], _slots[(i * 2) + 1])).OrderBy(pair => pair.Item2).ThenBy(pair => pair.Item1);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong key)
    {
        var slots = _slots;
        var slot = (int)((key * 0x9E3779B97F4A7C15UL) >> _shift) * 2;
        while (slots[slot] != key && slots[slot] != None)
        {
            slot = (slot + 2) & (slots.Length - 1);
        }

        return slot;
    }
}
