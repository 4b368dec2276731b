using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Slow waves over positions, sin ν_m t and cos ν_m t with ν_m = 2π/p_m: the periods p_m run from 8 tokens to the longest in equal ratios.</summary>
internal static class PeriodicBasis
{
    private const double ShortestPeriod = 8;

    /// <summary>Period of a wave.</summary>
    /// <param name="wave">0-based wave.</param>
    /// <param name="waves">Number of waves, M.</param>
    /// <param name="longest">Longest period, 8 or more.</param>
    public static double Period(int wave, int waves, double longest) => ShortestPeriod * Math.Pow(longest / ShortestPeriod, waves == 1 ? 0 : wave / (waves - 1.0));

    /// <summary>The waves at positions, computed in fp64 and cast.</summary>
    /// <param name="waves">M, 1 or more.</param>
    /// <param name="longest">Longest period.</param>
    /// <param name="first">First position.</param>
    /// <param name="count">Number of positions.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>[T, 2M]: first all sines, then all cosines.</returns>
    public static Tensor At(int waves, double longest, long first, long count, Tensor like)
    {
        var frequencies = tensor(Enumerable.Range(0, waves).Select(wave => 2 * Math.PI / Period(wave, waves, longest)).ToArray());   // [M]
        var angles = arange(first, first + count, dtype: ScalarType.Float64).unsqueeze(1) * frequencies;                             // [T, M]
        return cat([angles.sin(), angles.cos()], -1).to(like.dtype, like.device);
    }
}
