using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>
/// Noise keyed by run seed, stream, step, layer and name: the same whenever it is asked for again, so that a step can be replayed and a gradient checked
/// with the noise held fixed.
/// </summary>
/// <param name="random">Streams of the run.</param>
/// <param name="stream">Name of the stream: <see cref="RandomStreams.Noise"/> while training, <see cref="RandomStreams.Eval"/> else; <see cref="RandomStreams.Dropout"/> for masks.</param>
/// <param name="step">0-based step.</param>
public sealed class NoiseSource(RandomStreams random, string stream, long step)
{
    /// <summary>Standard normal numbers.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="layer">0-based layer.</param>
    /// <param name="like">Gives shape, type and device.</param>
    public Tensor Normal(string name, int layer, Tensor like)
    {
        using var generator = Generator(name, layer);
        return randn(like.shape, dtype: like.dtype, generator: generator).to(like.device);
    }

    /// <summary>Gumbel(0, 1) numbers for positions of sequences. A position's numbers depend neither on how many positions come after it nor on the other rows.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="layer">0-based layer.</param>
    /// <param name="like">[B, T, n]; gives shape, type and device.</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <returns>[B, T, n]</returns>
    public Tensor Gumbel(string name, int layer, Tensor like, long firstPosition = 0)
    {
        var (batch, length, width) = (like.shape[0], like.shape[1], like.shape[2]);
        var rows = new Tensor[batch];
        for (var row = 0; row < batch; row++)
        {
            using var generator = Generator($"{name}/{row}", layer);
            rows[row] = rand([firstPosition + length, width], dtype: ScalarType.Float64, generator: generator).narrow(0, firstPosition, length); // [T, n]
        }

        var exponential = -(1 - stack(rows)).log(); // [B, T, n]
        return -exponential.clamp(min: 1e-300.ToScalar()).log().to(like.dtype, like.device);
    }

    /// <summary>Whole numbers in [0, bound), for samples of positions.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="layer">0-based layer.</param>
    /// <param name="bound">Exclusive upper bound.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <returns>int64</returns>
    public Tensor Integers(string name, int layer, long bound, params long[] shape)
    {
        using var generator = Generator(name, layer);
        return randint(bound, shape, dtype: ScalarType.Int64, generator: generator);
    }

    /// <summary>Masks of dropout: 1 / keep with chance keep, else 0. Drawn on the device, because they are as large as what they are laid on.</summary>
    /// <param name="name">What they are for.</param>
    /// <param name="layer">0-based layer.</param>
    /// <param name="keep">Share kept, in (0, 1].</param>
    /// <param name="like">Gives type and device.</param>
    /// <param name="shape">Shape of the result.</param>
    public Tensor Mask(string name, int layer, double keep, Tensor like, params long[] shape)
    {
        using var generator = Generator(name, layer, like.device);
        return (rand(shape, dtype: ScalarType.Float32, device: like.device, generator: generator) < keep).to(like.dtype) / keep;
    }

    private Generator Generator(string name, int layer, Device? device = null) => new((ulong)random.SeedFor($"{stream}/{layer}/{name}", step), device);
}
