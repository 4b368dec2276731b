using Crossbench.Models.Parts;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models;

/// <summary>One layer of the residual stream: [B, T, d] → [B, T, d].</summary>
/// <param name="name">Name of the module.</param>
public abstract class Block(string name) : Module<Tensor, ForwardContext, Tensor>(name)
{
    /// <summary>The mixer of the layer.</summary>
    public abstract TokenMixer Mixer { get; }

    /// <summary>Continues sequences from a state; see <see cref="TokenMixer.Continue"/>.</summary>
    public abstract Tensor Continue(Tensor x, MixerState state, ForwardContext context);
}

/// <summary>x += Mixer(RMSNorm(x)); x += SwiGLU(RMSNorm(x)).</summary>
public sealed class PreNormBlock : Block
{
    private readonly RmsNorm _norm1;
    private readonly RmsNorm _norm2;
    private readonly SwiGlu _mlp;

    /// <summary>A block around a mixer.</summary>
    public PreNormBlock(ModelShape shape, double normEpsilon, TokenMixer mixer) : base("block")
    {
        Mixer = mixer;
        _norm1 = new RmsNorm(shape.Width, normEpsilon);
        _norm2 = new RmsNorm(shape.Width, normEpsilon);
        _mlp = new SwiGlu(shape.Width, shape.Ffn);
        register_module("norm1", _norm1);
        register_module("attn", mixer);
        register_module("norm2", _norm2);
        register_module("mlp", _mlp);
    }

    /// <inheritdoc/>
    public override TokenMixer Mixer { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context) =>
        FeedForward(x + Mixer.call(_norm1.call(x, context), context), context);

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) =>
        FeedForward(x + Mixer.Continue(_norm1.call(x, context), state, context), context);

    private Tensor FeedForward(Tensor x, ForwardContext context) => x + _mlp.call(_norm2.call(x, context), context);
}
