using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// Rotary positions, half-split pairs: (x_i, x_{i+dh/2}) is turned by the angle pos · θ^(−2i/dh) (Su et al., 2021; the pairing of Llama's published weights).
/// </summary>
/// <param name="headWidth">dh, even.</param>
/// <param name="theta">Base θ.</param>
/// <param name="scaling">How frequencies are changed for long contexts.</param>
public sealed class Rope(int headWidth, double theta, RopeScaling scaling = RopeScaling.None) : IDisposable
{
    private readonly RotaryTable _table = new(headWidth, theta, scaling);

    /// <summary>Turns queries or keys.</summary>
    /// <param name="x">[B, T, heads, dh]</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <returns>[B, T, heads, dh]</returns>
    public Tensor Apply(Tensor x, long firstPosition = 0) => Turn(x, _table.At(firstPosition, x.shape[1], x));

    /// <summary>Turns queries or keys of tokens that need not be neighbours.</summary>
    /// <param name="x">[B, n, heads, dh]</param>
    /// <param name="positions">[B, n] int64, each below <paramref name="length"/>.</param>
    /// <param name="length">Number of positions that there are.</param>
    /// <returns>[B, n, heads, dh]</returns>
    public Tensor Apply(Tensor x, Tensor positions, long length) => Turn(x, _table.At(positions, length, x));

    /// <summary>Cosines and sines of the angles of positions, for those that add angles of their own.</summary>
    /// <param name="firstPosition">First position.</param>
    /// <param name="count">Number of positions.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>[T, 1, dh/2] each; not to be changed.</returns>
    internal (Tensor Cos, Tensor Sin) At(long firstPosition, long count, Tensor like) => _table.At(firstPosition, count, like);

    /// <summary>Turns pairs (x_i, x_{i+dh/2}) by angles whose cosines and sines are given.</summary>
    /// <param name="x">[..., dh]</param>
    /// <param name="at">Cosines and sines that broadcast to [..., dh/2].</param>
    /// <returns>[..., dh]</returns>
    internal static Tensor Turn(Tensor x, (Tensor Cos, Tensor Sin) at)
    {
        var halves = x.chunk(2, -1);
        return cat([(halves[0] * at.Cos) - (halves[1] * at.Sin), (halves[1] * at.Cos) + (halves[0] * at.Sin)], -1);
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
