using Crossbench.Models.Parts;

namespace Crossbench.Models;

/// <summary>
/// An architecture whose layers are a pre-norm mixer and a pre-norm SwiGLU network, so that it says only what its mixer is and what that costs.
/// </summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class MixerArchitecture<TOptions> : Architecture<TOptions>
    where TOptions : ArchitectureOptions, new()
{
    /// <summary>Builds the mixer of one layer.</summary>
    protected abstract TokenMixer CreateMixer(LayerContext layer, TOptions options);

    /// <summary>Parameters of one mixer, with names relative to it: <c>q.weight</c>.</summary>
    protected abstract IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, TOptions options);

    /// <summary>Forward operations of one mixer per token, at the average causal context (T + 1)/2.</summary>
    protected abstract double MixerFlops(int layer, ModelShape shape, TOptions options);

    /// <summary>Bytes of decoding state (fp32) of one mixer per sequence at full context.</summary>
    protected abstract long MixerStateBytes(int layer, ModelShape shape, TOptions options);

    /// <inheritdoc/>
    protected sealed override Block CreateBlock(LayerContext layer, TOptions options) =>
        new PreNormBlock(layer, CreateMixer(layer, options));

    /// <inheritdoc/>
    protected sealed override IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, TOptions options)
    {
        var prefix = $"layers.{layer}.";
        return
        [
            new(prefix + "norm1.weight", [shape.Extents.Width], "Norms"),
            .. MixerParameters(layer, shape, options).Select(parameter => parameter with { Name = prefix + "attn." + parameter.Name }),
            new(prefix + "norm2.weight", [shape.Extents.Width], "Norms"),
            .. SwiGlu.Parameters(prefix + "mlp.", shape),
        ];
    }

    /// <inheritdoc/>
    protected sealed override double BlockFlops(int layer, ModelShape shape, TOptions options) => MixerFlops(layer, shape, options) + SwiGlu.Flops(shape);

    /// <inheritdoc/>
    protected sealed override long BlockStateBytes(int layer, ModelShape shape, TOptions options) => MixerStateBytes(layer, shape, options);
}
