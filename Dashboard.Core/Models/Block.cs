using Crossbench.Models.Parts;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models;

/// <summary>One layer of the residual stream: [B, T, d] → [B, T, d].</summary>
/// <param name="name">Name of the module.</param>
public abstract class Block(string name) : Module<Tensor, ForwardContext, Tensor>(name)
{
    /// <summary>An empty state for decoding.</summary>
    public abstract MixerState CreateState();

    /// <summary>Continues sequences from a state; see <see cref="TokenMixer.Continue"/>.</summary>
    public abstract Tensor Continue(Tensor x, MixerState state, ForwardContext context);

    /// <summary>The output of the mixing part as it enters the residual stream: an ablation point, and a diagnostic.</summary>
    protected static Tensor Mixed(Tensor value, ForwardContext context)
    {
        context.Diagnostics?.RootMeanSquare(BlockDiagnostics.MixerRms, value);
        return context.Intervene(BlockDiagnostics.Mixer, value);
    }

    /// <summary>The output of the feed-forward part as it enters the residual stream: an ablation point, and a diagnostic.</summary>
    protected static Tensor Fed(Tensor value, ForwardContext context)
    {
        context.Diagnostics?.RootMeanSquare(BlockDiagnostics.FeedForwardRms, value);
        return context.Intervene(BlockDiagnostics.FeedForward, value);
    }
}

/// <summary>x += Mixer(Norm(x)); x += FeedForward(Norm(x)).</summary>
public sealed class PreNormBlock : Block
{
    [ComponentName(Name = "norm1")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm1;

    [ComponentName(Name = "attn")]
    private readonly TokenMixer _mixer;

    [ComponentName(Name = "norm2")]
    private readonly Module<Tensor, ForwardContext, Tensor> _norm2;

    [ComponentName(Name = "mlp")]
    private readonly Module<Tensor, ForwardContext, Tensor> _mlp;

    /// <summary>A block around a mixer.</summary>
    /// <param name="layer">The layer; its backbone says which norms.</param>
    /// <param name="mixer">The mixer.</param>
    /// <param name="feedForward">The feed-forward network; SwiGLU when absent.</param>
    public PreNormBlock(LayerContext layer, TokenMixer mixer, Module<Tensor, ForwardContext, Tensor>? feedForward = null) : base("block")
    {
        _norm1 = layer.Backbone.CreateNorm(layer.Shape.Width);
        _mixer = mixer;
        _norm2 = layer.Backbone.CreateNorm(layer.Shape.Width);
        _mlp = feedForward ?? new SwiGlu(layer.Shape.Width, layer.Shape.Ffn);
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

    private Tensor FeedForward(Tensor x, ForwardContext context) => x + Fed(_mlp.call(_norm2.call(x, context), context), context);
}
