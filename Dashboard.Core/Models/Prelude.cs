using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models;

/// <summary>
/// What a model does with the token embeddings before its first layer: adds positions, or prepares a tensor that the layers share
/// (<see cref="ForwardContext.Carry"/>). [B, T, d] → [B, T, d].
/// </summary>
/// <param name="name">Name of the module, and the first part of its parameters' names: <c>positions</c> gives <c>positions.weight</c>.</param>
public abstract class Prelude(string name) : Module<Tensor, ForwardContext, Tensor>(name)
{
    /// <summary>An empty state for decoding.</summary>
    public abstract MixerState CreateState();

    /// <summary>Continues sequences from a state; see <see cref="TokenMixer.Continue"/>.</summary>
    public abstract Tensor Continue(Tensor embeddings, MixerState state, ForwardContext context);
}

/// <summary>State of a model that decodes: one of each layer, and that of the prelude where there is one.</summary>
/// <param name="prelude">State of the prelude.</param>
/// <param name="layers">States of the layers.</param>
public sealed class ModelState(MixerState? prelude, IReadOnlyList<MixerState> layers) : IDisposable
{
    /// <summary>State of the prelude, if the model has one.</summary>
    public MixerState? Prelude { get; } = prelude;

    /// <summary>States of the layers.</summary>
    public IReadOnlyList<MixerState> Layers { get; } = layers;

    /// <summary>Bytes held for all sequences of the batch.</summary>
    public long Bytes => Layers.Sum(state => state.Bytes) + (Prelude?.Bytes ?? 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        Prelude?.Dispose();
        foreach (var state in Layers)
        {
            state.Dispose();
        }
    }
}
