using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>The last inputs of each sequence, for mixers that look a fixed number of tokens back; zeros stand before the first token. Its size does not grow.</summary>
/// <param name="count">Inputs kept, 0 or more.</param>
internal sealed class TokenWindow(int count) : MixerState
{
    private Tensor? _held;

    public override long Bytes => _held is null ? 0 : _held.numel() * _held.ElementSize;

    /// <summary>Inputs of whole sequences with zeros before them.</summary>
    /// <param name="x">[B, T, C]</param>
    /// <param name="count">Zeros.</param>
    /// <returns>[B, count + T, C]</returns>
    public static Tensor Before(Tensor x, int count) => count == 0 ? x : functional.pad(x, [0, 0, count, 0]);

    /// <summary>Puts the kept inputs before further ones, and keeps the last of all.</summary>
    /// <param name="x">[B, T, C]</param>
    /// <returns>[B, count + T, C]</returns>
    public Tensor Extend(Tensor x)
    {
        if (count == 0)
        {
            return x;
        }

        var extended = _held is null ? Before(x, count) : cat([_held, x], 1); // [B, count + T, C]
        Replace(ref _held, extended.narrow(1, x.shape[1], count).clone());    // a view would keep all of it alive
        return extended;
    }

    protected override void Dispose(bool disposing) => _held?.Dispose();
}
