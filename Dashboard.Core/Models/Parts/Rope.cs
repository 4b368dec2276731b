using System.Numerics;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// Rotary positions, half-split pairs: (x_i, x_{i+dh/2}) is turned by the angle pos · θ^(−2i/dh) (Su et al., 2021; the pairing of Llama's published weights).
/// Tables are computed in fp64 and cast.
/// </summary>
/// <param name="headWidth">dh, even.</param>
/// <param name="theta">Base θ.</param>
/// <param name="scaling">How frequencies are changed for long contexts.</param>
public sealed class Rope(int headWidth, double theta, RopeScaling scaling = RopeScaling.None) : IDisposable
{
    private Tensor? _cos;
    private Tensor? _sin;

    /// <summary>Turns queries or keys.</summary>
    /// <param name="x">[B, T, heads, dh]</param>
    /// <param name="firstPosition">Position of the first token.</param>
    /// <returns>[B, T, heads, dh]</returns>
    public Tensor Apply(Tensor x, long firstPosition = 0)
    {
        var count = x.shape[1];
        Ensure(firstPosition + count, x);
        var cos = _cos!.narrow(0, firstPosition, count).unsqueeze(1); // [T, 1, dh/2]
        var sin = _sin!.narrow(0, firstPosition, count).unsqueeze(1);
        var halves = x.chunk(2, -1);
        return cat([(halves[0] * cos) - (halves[1] * sin), (halves[1] * cos) + (halves[0] * sin)], -1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
    }

    private void Ensure(long positions, Tensor like)
    {
        if (_cos is not null && _cos.shape[0] >= positions && _cos.dtype == like.dtype && _cos.device.ToString() == like.device.ToString())
        {
            return;
        }

        Dispose();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        positions = (long)BitOperations.RoundUpToPowerOf2((ulong)positions);
        var half = headWidth / 2;
        var frequencies = Enumerable.Range(0, half).Select(i => scaling.Apply(Math.Pow(theta, -2.0 * i / headWidth))).ToArray();
        var angles = new double[positions * half];
        for (var position = 0L; position < positions; position++)
        {
            for (var i = 0; i < half; i++)
            {
                angles[(position * half) + i] = position * frequencies[i];
            }
        }

        var table = tensor(angles).view(positions, half); // [T, dh/2]
        _cos = table.cos().to(like.dtype, like.device, copy: true).DetachFromDisposeScope();
        _sin = table.sin().to(like.dtype, like.device, copy: true).DetachFromDisposeScope();
    }
}
