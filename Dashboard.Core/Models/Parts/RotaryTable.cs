using System.Numerics;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Cosines and sines of the angles pos · θ^(−2i/E), computed in fp64 and cast; grown when a later position is asked for.</summary>
/// <param name="headWidth">E, even: there are E/2 angles for each position.</param>
/// <param name="theta">Base θ.</param>
/// <param name="scaling">How frequencies are changed for long contexts.</param>
internal sealed class RotaryTable(int headWidth, double theta, RopeScaling scaling = RopeScaling.None) : IDisposable
{
    private Tensor? _cos;
    private Tensor? _sin;

    /// <summary>Of neighbouring positions.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many, T.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>[T, 1, E/2] each, to be broadcast over batch and heads.</returns>
    public (Tensor Cos, Tensor Sin) At(long first, long count, Tensor like)
    {
        Ensure(first + count, like);
        return (_cos!.narrow(0, first, count).unsqueeze(1), _sin!.narrow(0, first, count).unsqueeze(1));
    }

    /// <summary>Of any positions.</summary>
    /// <param name="positions">[B, n] int64, each below <paramref name="length"/>.</param>
    /// <param name="length">Number of positions that there are.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>[B, n, 1, E/2] each, to be broadcast over heads.</returns>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, long length, Tensor like)
    {
        Ensure(length, like);
        Tensor Rows(Tensor table) => table.index_select(0, positions.view(-1)).view(positions.shape[0], positions.shape[1], 1, -1);
        return (Rows(_cos!), Rows(_sin!));
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
