using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models;

/// <summary>What a mixer keeps between tokens while decoding: a cache or a state. Its tensors live until it is disposed.</summary>
public abstract class MixerState : IDisposable
{
    /// <summary>Bytes held for all sequences of the batch.</summary>
    public abstract long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the tensors.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Mixes information between the positions of a sequence: [B, T, d] → [B, T, d], causally.</summary>
/// <param name="name">Name of the module.</param>
public abstract class TokenMixer(string name) : Module<Tensor, ForwardContext, Tensor>(name)
{
    /// <summary>Raw auxiliary loss of the last training pass, or null; the trainer scales and adds it.</summary>
    public virtual Tensor? AuxiliaryLoss => null;

    /// <summary>Told before each step how much of training is done, for temperatures and warm-ups.</summary>
    /// <param name="fraction">Steps done / steps to do, in [0, 1].</param>
    public virtual void OnProgress(double fraction)
    {
    }

    /// <summary>An empty state for decoding.</summary>
    public abstract MixerState CreateState();

    /// <summary>Continues sequences: takes any number of further tokens, returns their outputs and keeps in the state what later tokens need.</summary>
    /// <param name="x">[B, T, d], the tokens after those that the state has seen.</param>
    /// <param name="state">State of this mixer.</param>
    /// <param name="context">Context of the pass; not training.</param>
    /// <returns>[B, T, d], equal to what the training form gives at these positions.</returns>
    public abstract Tensor Continue(Tensor x, MixerState state, ForwardContext context);
}
