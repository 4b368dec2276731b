using System.Text;

namespace Crossbench;

/// <summary>
/// The named, independent random streams that one run seed feeds. A draw depends on (seed, stream name, step, position) and on nothing else,
/// so a step can be replayed without its predecessors, and two architectures with one seed see the same data.
/// </summary>
/// <param name="seed">The seed of the run, 0 or more.</param>
public sealed class RandomStreams(long seed)
{
    /// <summary>Initial weights.</summary>
    public const string Init = "init";

    /// <summary>Training batches.</summary>
    public const string Data = "data";

    /// <summary>Dropout masks.</summary>
    public const string Dropout = "dropout";

    /// <summary>Noise that belongs to an architecture (Gumbel, input noise).</summary>
    public const string Noise = "noise";

    /// <summary>Noise drawn while evaluating.</summary>
    public const string Eval = "eval";

    /// <summary>Tokens of the causality probe.</summary>
    public const string Probe = "probe";

    /// <summary>The seed of the run.</summary>
    public long Seed { get; } = seed;

    /// <summary>The draws of one stream at one step.</summary>
    /// <param name="stream">Name of the stream: one of the constants, or a name that extends one (<c>init/layers.0.attn.q.weight</c>).</param>
    /// <param name="step">0-based step; a stream without steps uses 0.</param>
    public RandomSequence Stream(string stream, long step = 0) => new((ulong)Seed, StableHash(stream), (ulong)step);

    /// <summary>A 63-bit seed for a generator of another library, drawn from the stream at this step.</summary>
    public long SeedFor(string stream, long step = 0) => (long)(Stream(stream, step).NextUInt64() >> 1);

    /// <summary>FNV-1a over UTF-8, 64 bits: the same on every machine and in every process.</summary>
    public static ulong StableHash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash;
    }
}
