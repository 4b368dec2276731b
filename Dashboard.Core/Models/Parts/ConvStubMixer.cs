using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>What the mixers of the stand-ins share: a convolution, an output projection, a gate in [0, 1].</summary>
internal abstract class ConvStubMixer(ModelShape shape, int taps) : TokenMixer("attn")
{
    private const string Gate = "gate";
    private const string GateMean = "gateMean";
    private const string Earlier = "convEarlier";

    [ComponentName(Name = "conv")]
    protected readonly CausalConv _conv = new(shape.Width, taps, Earlier);

    [ComponentName(Name = "out")]
    protected readonly Linear _out = Linear(shape.Width, shape.Width, hasBias: shape.Bias);

    public static MetricSpec GateMetric { get; } = new(GateMean, "Gate", "", "Mean of the gate.") { Scope = MetricScope.Layer, Kind = MetricKind.Gate, InitialValue = 0.5 };

    public static IEnumerable<AblationPoint> Points(ConvStubOptions options)
    {
        yield return new(Gate, "The gate, in [0, 1].");
        if (options.ConvWidth > 1)
        {
            yield return new(Earlier, "What earlier tokens contribute to the convolution.") { Weights = ["attn.conv.weight"] };
        }
    }

    public override Tensor forward(Tensor x, ForwardContext context) => Mix(x, null, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Mix(x, state, context);

    protected abstract Tensor Mix(Tensor x, MixerState? state, ForwardContext context);

    /// <summary>σ of a projection, as diagnostic and ablation point.</summary>
    protected static Tensor Gated(Tensor projected, ForwardContext context)
    {
        var gate = projected.sigmoid();
        context.Diagnostics?.Scalar(GateMean, gate.detach().mean());
        return context.Intervene(Gate, gate);
    }

    protected Tensor Convolved(Tensor x, TokenWindow? window, ForwardContext context) => window is null ? _conv.call(x, context) : _conv.Continue(x, window, context);
}

/// <summary>[u, v] = W_in x; y = W_out(σ(u) ⊙ conv(v)).</summary>
internal sealed class GatedConvMixer : ConvStubMixer
{
    [ComponentName(Name = "in")]
    private readonly Linear _in;

    public GatedConvMixer(ModelShape shape, int taps) : base(shape, taps)
    {
        _in = Linear(shape.Width, 2 * shape.Width, hasBias: shape.Bias);
        RegisterComponents();
    }

    public override MixerState CreateState() => _conv.CreateWindow();

    protected override Tensor Mix(Tensor x, MixerState? state, ForwardContext context)
    {
        var projected = context.Kernels.Linear(x, _in.weight!, _in.bias).chunk(2, 2);                                 // [B, T, d] each
        var mixed = Gated(projected[0], context) * Convolved(projected[1], (TokenWindow?)state, context);             // [B, T, d]
        return context.Kernels.Linear(mixed, _out.weight!, _out.bias);
    }
}

/// <summary>g = σ(W x); m = g ⊙ x + (1 − g) ⊙ x_{t−1}; y = W_out conv(m).</summary>
internal sealed class BlendConvMixer : ConvStubMixer
{
    [ComponentName(Name = "gate")]
    private readonly Linear _gate;

    public BlendConvMixer(ModelShape shape, int taps) : base(shape, taps)
    {
        _gate = Linear(shape.Width, shape.Width, hasBias: shape.Bias);
        RegisterComponents();
    }

    public override MixerState CreateState() => new BlendState(new TokenWindow(1), _conv.CreateWindow());

    protected override Tensor Mix(Tensor x, MixerState? state, ForwardContext context)
    {
        var own = (BlendState?)state;
        var before = (own is null ? TokenWindow.Before(x, 1) : own.Inputs.Extend(x)).narrow(1, 0, x.shape[1]);        // [B, T, d]
        var gate = Gated(context.Kernels.Linear(x, _gate.weight!, _gate.bias), context);                              // [B, T, d]
        var mixed = Convolved((gate * x) + ((1 - gate) * before), own?.Blends, context);                              // [B, T, d]
        return context.Kernels.Linear(mixed, _out.weight!, _out.bias);
    }
}

/// <summary>The token before, and what the convolution still sees.</summary>
internal sealed class BlendState(TokenWindow inputs, TokenWindow blends) : MixerState
{
    public TokenWindow Inputs { get; } = inputs;

    public TokenWindow Blends { get; } = blends;

    public override long Bytes => Inputs.Bytes + Blends.Bytes;

    protected override void Dispose(bool disposing)
    {
        Inputs.Dispose();
        Blends.Dispose();
    }
}
