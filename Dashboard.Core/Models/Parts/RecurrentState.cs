using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>State of a linear recurrence, with the last inputs where the mixer also looks at those. Its size does not grow with the tokens seen.</summary>
/// <param name="window">The last inputs, if the mixer needs them.</param>
internal sealed class RecurrentState(TokenWindow? window = null) : MixerState
{
    private Tensor? _held;

    /// <summary>[B, H, K, V]; null before the first token.</summary>
    public Tensor? Held => _held;

    /// <summary>Tokens seen.</summary>
    public long Count { get; private set; }

    /// <summary>The last inputs.</summary>
    public TokenWindow Window => window!;

    public override long Bytes => (_held is null ? 0 : _held.numel() * _held.ElementSize) + (window?.Bytes ?? 0);

    /// <summary>Goes on to the state after further tokens.</summary>
    public void Advance(Tensor state, long tokens)
    {
        Replace(ref _held, state);
        Count += tokens;
    }

    protected override void Dispose(bool disposing)
    {
        _held?.Dispose();
        window?.Dispose();
    }
}
