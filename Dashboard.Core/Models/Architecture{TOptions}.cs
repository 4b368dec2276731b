using Crossbench.Models.Parts;

namespace Crossbench.Models;

/// <summary>
/// An architecture with options of its own type. What most need is here: a pre-norm block of one mixer and a SwiGLU network, so that such an architecture
/// says only what its mixer is and what it costs.
/// </summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class Architecture<TOptions> : Architecture
    where TOptions : ArchitectureOptions, new()
{
    /// <inheritdoc/>
    public sealed override ArchitectureOptions Defaults { get; } = new TOptions();

    /// <inheritdoc/>
    public sealed override IEnumerable<SpecProblem> Validate(ModelShape shape, ArchitectureOptions options) => Validate(shape, (TOptions)options);

    /// <inheritdoc/>
    public sealed override ModelCost Cost(ModelShape shape, int vocabulary, ArchitectureOptions options)
    {
        var own = (TOptions)options;
        var layers = Enumerable.Range(0, shape.Layers).ToArray();
        var parameters = Backbone(shape, own).Parameters(shape, vocabulary, layers.SelectMany(layer => BlockParameters(layer, shape, own)));
        var flops = layers.Sum(layer => BlockFlops(layer, shape, own)) + (2.0 * shape.Width * vocabulary);
        return new ModelCost([.. parameters], flops, layers.Sum(layer => MixerStateBytes(layer, shape, own)));
    }

    /// <inheritdoc/>
    public sealed override LanguageModel CreateModel(ModelShape shape, int vocabulary, ArchitectureOptions options, RandomStreams random)
    {
        var own = (TOptions)options;
        var backbone = Backbone(shape, own);
        var rope = shape.Positions == PositionEncoding.Rope ? new Rope(shape.HeadWidth, shape.RopeBase) : null;
        var blocks = Enumerable.Range(0, shape.Layers).Select(layer => CreateBlock(new LayerContext(layer, shape, backbone, rope), own));
        return new LanguageModel(shape, vocabulary, backbone, [.. blocks], rope, random);
    }

    /// <inheritdoc cref="Architecture.Validate"/>
    protected virtual IEnumerable<SpecProblem> Validate(ModelShape shape, TOptions options) => [];

    /// <summary>What surrounds the blocks.</summary>
    protected virtual Backbone Backbone(ModelShape shape, TOptions options) => Models.Backbone.For(shape);

    /// <summary>Builds the mixer of one layer.</summary>
    protected abstract TokenMixer CreateMixer(LayerContext layer, TOptions options);

    /// <summary>Parameters of one mixer, with names relative to it: <c>q.weight</c>.</summary>
    protected abstract IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, TOptions options);

    /// <summary>Forward operations of one mixer per token, at the average causal context (T + 1)/2.</summary>
    protected abstract double MixerFlops(int layer, ModelShape shape, TOptions options);

    /// <summary>Bytes of decoding state (fp32) of one mixer per sequence at full context.</summary>
    protected abstract long MixerStateBytes(int layer, ModelShape shape, TOptions options);

    /// <summary>Builds one layer: pre-norm mixer and pre-norm SwiGLU.</summary>
    protected virtual Block CreateBlock(LayerContext layer, TOptions options) =>
        new PreNormBlock(layer.Shape, layer.Backbone.NormEpsilon, CreateMixer(layer, options));

    /// <summary>Parameters of one layer, with their full names.</summary>
    protected virtual IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, TOptions options)
    {
        var prefix = $"layers.{layer}.";
        return
        [
            new(prefix + "norm1.weight", [shape.Width], "Norms"),
            .. MixerParameters(layer, shape, options).Select(parameter => parameter with { Name = prefix + "attn." + parameter.Name }),
            new(prefix + "norm2.weight", [shape.Width], "Norms"),
            .. SwiGlu.Parameters(prefix + "mlp.", shape),
        ];
    }

    /// <summary>Forward operations of one layer per token.</summary>
    protected virtual double BlockFlops(int layer, ModelShape shape, TOptions options) =>
        MixerFlops(layer, shape, options) + (6.0 * shape.Width * shape.Ffn);
}
