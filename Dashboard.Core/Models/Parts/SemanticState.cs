using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What semantic attention keeps while decoding: keys, gated values and directions of all tokens, and the sum of the directions.</summary>
internal sealed class SemanticState : MixerState
{
    private Tensor? _directions;
    private Tensor? _sum;

    /// <summary>Keys and gated values.</summary>
    public KvCache Cache { get; } = new();

    /// <summary>[B, T, ds], or null where the mode has none.</summary>
    public Tensor? Directions => _directions;

    public override long Bytes => Cache.Bytes + BytesOf(_directions) + BytesOf(_sum);

    /// <summary>Adds further directions to the sum.</summary>
    /// <param name="directions">[B, t, ds]</param>
    /// <returns>[B, t, ds], the sum of all directions up to each of these tokens.</returns>
    public Tensor SumUpTo(Tensor directions)
    {
        var sums = directions.cumsum(1);
        sums = _sum is null ? sums : sums + _sum;
        Replace(ref _sum, sums.narrow(1, sums.shape[1] - 1, 1).clone()); // [B, 1, ds]
        return sums;
    }

    /// <summary>Adds what later tokens need of further ones.</summary>
    public void Append(Tensor keys, Tensor values, Tensor? directions)
    {
        Cache.Append(keys, values);
        if (directions is not null)
        {
            Append(ref _directions, directions);
        }
    }

    protected override void Dispose(bool disposing)
    {
        Cache.Dispose();
        _directions?.Dispose();
        _sum?.Dispose();
    }

    private static long BytesOf(Tensor? tensor) => tensor is null ? 0 : tensor.numel() * tensor.ElementSize;
}
