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

    /// <summary>Adds further tokens to what the state holds of earlier ones.</summary>
    /// <param name="held">[B, T, ...], or null before the first.</param>
    /// <param name="added">[B, t, ...]</param>
    protected static void Append(ref Tensor? held, Tensor added) => Replace(ref held, held is null ? added.clone() : cat([held, added], 1));

    /// <summary>Puts a tensor in the place of one that the state holds, and takes it out of the scope that would dispose it.</summary>
    protected static void Replace(ref Tensor? held, Tensor value)
    {
        var kept = ReferenceEquals(held, value) ? value : value.DetachFromDisposeScope();
        if (!ReferenceEquals(held, kept))
        {
            held?.Dispose();
        }

        held = kept;
    }
}

/// <summary>Mixes information between the positions of a sequence: [B, T, d] → [B, T, d], causally.</summary>
/// <param name="name">Name of the module.</param>
public abstract class TokenMixer(string name) : Module<Tensor, ForwardContext, Tensor>(name)
{
    /// <summary>An empty state for decoding.</summary>
    public abstract MixerState CreateState();

    /// <summary>Continues sequences: takes any number of further tokens, returns their outputs and keeps in the state what later tokens need.</summary>
    /// <param name="x">[B, T, d], the tokens after those that the state has seen.</param>
    /// <param name="state">State of this mixer.</param>
    /// <param name="context">Context of the pass; not training.</param>
    /// <returns>[B, T, d], equal to what the training form gives at these positions.</returns>
    public abstract Tensor Continue(Tensor x, MixerState state, ForwardContext context);
}
