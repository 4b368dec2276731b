using Crossbench.Models.Parts;

namespace Crossbench.Models;

/// <summary>
/// An architecture that adds modules to the layers of a Llama model (Touvron et al., 2023): norms with ε = 1e-5, grouped-query attention named <c>attn</c>,
/// SwiGLU. It says only what it adds between attention and the second norm.
/// </summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class LlamaArchitecture<TOptions> : Architecture<TOptions>
    where TOptions : ArchitectureOptions, new()
{
    /// <summary>How rotary frequencies are changed.</summary>
    protected abstract RopeScaling ScalingOf(TOptions options);

    /// <summary>Parameters that a layer has beside Llama's, with names relative to the layer, in the order in which the block registers them.</summary>
    protected abstract IEnumerable<ParameterShape> AddedParameters(int layer, ModelShape shape, TOptions options);

    /// <inheritdoc/>
    protected internal sealed override Backbone BackboneOf(ModelShape shape, ArchitectureOptions options) => Backbone.Llama(shape);

    /// <inheritdoc/>
    protected internal sealed override Rope? CreateRope(ModelShape shape, ArchitectureOptions options) =>
        shape.Positions == PositionEncoding.Rope ? new Rope(shape.HeadWidth, shape.RopeBase, ScalingOf((TOptions)options)) : null;

    /// <inheritdoc/>
    protected sealed override IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, TOptions options)
    {
        var prefix = $"layers.{layer}.";
        var added = AddedParameters(layer, shape, options).Select(parameter => (parameter, isOwn: !parameter.Name.Contains('.', StringComparison.Ordinal))).ToArray();
        return
        [
            .. added.Where(item => item.isOwn).Select(item => item.parameter with { Name = prefix + item.parameter.Name }), // a module's own come before its parts'
            new(prefix + "norm1.weight", [shape.Extents.Width], "Norms"),
            .. GroupedQueryMixer.Parameters(shape).Select(parameter => parameter with { Name = prefix + "attn." + parameter.Name }),
            .. added.Where(item => !item.isOwn).Select(item => item.parameter with { Name = prefix + item.parameter.Name }),
            new(prefix + "norm2.weight", [shape.Extents.Width], "Norms"),
            .. SwiGlu.Parameters(prefix + "mlp.", shape),
        ];
    }
}
