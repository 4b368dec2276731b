namespace Crossbench;

/// <summary>
/// A counter-based sequence of random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), keyed by seed and
/// stream, with the step in the high half of its counter. A value type without hidden state: copying it forks the sequence.
/// </summary>
public struct RandomSequence
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly ulong _step;
    private ulong _block;
    private ulong _spare;
    private bool _hasSpare;

    internal RandomSequence(ulong seed, ulong stream, ulong step)
    {
        var key = Mix(seed + (0x9E3779B97F4A7C15UL * (stream | 1)) + stream);
        _key0 = (uint)key;
        _key1 = (uint)(key >> 32);
        _step = step;
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        var (first, second) = Philox(_block++, _step, _key0, _key1);
        _spare = second;
        _hasSpare = true;
        return first;
    }

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias (Lemire's method).</summary>
    /// <param name="bound">Exclusive upper bound, 1 or more.</param>
    public long NextInt64(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (ulong)bound;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            var threshold = (0UL - range) % range;
            while (low < threshold)
            {
                high = Math.BigMul(NextUInt64(), range, out low);
            }
        }

        return (long)high;
    }

    /// <summary>A uniform integer in [0, <paramref name="bound"/>).</summary>
    public int NextInt32(int bound) => (int)NextInt64(bound);

    /// <summary>A uniform number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number (Box-Muller).</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>
    /// An independent sequence of this name, which depends on seed, stream and step of this one and takes no number from it: what is drawn from one does not move
    /// the other.
    /// </summary>
    public readonly RandomSequence Fork(string name) => new(((ulong)_key1 << 32) | _key0, RandomStreams.StableHash(name), _step);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }

    /// <summary>Ten rounds of Philox4x32 over the 128-bit counter (block, step).</summary>
    internal static (ulong First, ulong Second) Philox(ulong block, ulong step, uint key0, uint key1)
    {
        uint c0 = (uint)block, c1 = (uint)(block >> 32), c2 = (uint)step, c3 = (uint)(step >> 32);
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)0xD2511F53 * c0;
            var p1 = (ulong)0xCD9E8D57 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ key1, (uint)p0);
            key0 = unchecked(key0 + 0x9E3779B9);
            key1 = unchecked(key1 + 0xBB67AE85);
        }

        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
