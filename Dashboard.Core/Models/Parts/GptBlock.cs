using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>A layer of GPT-2 (Radford et al., 2019) around a mixer: x += Mixer(LayerNorm(x)); x += GeluMlp(LayerNorm(x)).</summary>
internal sealed class GptBlock : Block
{
    [ComponentName(Name = "norm1")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm1;

    [ComponentName(Name = "attn")]
    private readonly TokenMixer _mixer;

    [ComponentName(Name = "norm2")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm2;

    [ComponentName(Name = "mlp")]
    private readonly GeluMlp _mlp;

    /// <summary>A block around a mixer; the network has biases when the shape has.</summary>
    public GptBlock(LayerContext layer, TokenMixer mixer) : base("block")
    {
        _norm1 = layer.Backbone.CreateNorm(layer.Shape.Width);
        _mixer = mixer;
        _norm2 = layer.Backbone.CreateNorm(layer.Shape.Width);
        _mlp = new GeluMlp(layer.Shape.Width, layer.Shape.Ffn, layer.Shape.Bias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override MixerState CreateState() => _mixer.CreateState();

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) =>
        FeedForward(x + Mixed(_mixer.call(_norm1.call(x, context), context), context), context);

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) =>
        FeedForward(x + Mixed(_mixer.Continue(_norm1.call(x, context), state, context), context), context);

    /// <summary>Parameters of a layer around those of its mixer, whose names are relative to it.</summary>
    public static IEnumerable<ParameterShape> Parameters(int layer, ModelShape shape, Backbone backbone, IEnumerable<ParameterShape> mixer)
    {
        var prefix = $"layers.{layer}.";
        return
        [
            .. backbone.NormParameters(prefix + "norm1", shape.Width),
            .. mixer.Select(parameter => parameter with { Name = prefix + "attn." + parameter.Name }),
            .. backbone.NormParameters(prefix + "norm2", shape.Width),
            .. GeluMlp.Parameters(prefix + "mlp.", shape.Width, shape.Ffn, shape.Bias, "FFN"),
        ];
    }

    private Tensor FeedForward(Tensor x, ForwardContext context) => x + Fed(_mlp.call(_norm2.call(x, context), context), context);
}
