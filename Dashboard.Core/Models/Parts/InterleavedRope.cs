using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// Rotary positions, interleaved pairs: (x_2i, x_2i+1) is turned by the angle pos · θ^(−2i/E) (Su et al., 2021; the pairing of DeepSeek-V2's published weights).
/// </summary>
/// <param name="width">E, even.</param>
/// <param name="theta">Base θ.</param>
internal sealed class InterleavedRope(int width, double theta) : IDisposable
{
    private readonly RotaryTable _table = new(width, theta);

    /// <summary>Turns queries or keys.</summary>
    /// <param name="x">[B, T, heads, E]</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <returns>[B, T, heads, E]</returns>
    public Tensor Apply(Tensor x, long firstPosition = 0)
    {
        var (cos, sin) = _table.At(firstPosition, x.shape[1], x);
        var pairs = x.reshape(x.shape[0], x.shape[1], x.shape[2], width / 2, 2).unbind(-1); // twice [B, T, heads, E/2]
        return stack([(pairs[0] * cos) - (pairs[1] * sin), (pairs[1] * cos) + (pairs[0] * sin)], -1).view(x.shape);
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
