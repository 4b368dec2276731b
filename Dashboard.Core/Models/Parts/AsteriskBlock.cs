using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>x += γ ⊙ p + (1 − γ) ⊙ q with p the refinement and q the attention of RMSNorm(x), γ = σ(W_γ [p; q] + b_γ); x += SwiGLU(RMSNorm(x)).</summary>
internal sealed class AsteriskBlock : Block
{
    private const string Gate = "gate";
    private const string Refinement = "refinement";
    private readonly double _dropout;

    [ComponentName(Name = "norm1")]
    private readonly RmsNorm _norm1;

    [ComponentName(Name = "attn")]
    private readonly GroupedQueryAttention _attention;

    [ComponentName(Name = "aspp")]
    private readonly Aspp? _refinement;

    [ComponentName(Name = "fusion_gate")]
    private readonly Linear? _gate;

    [ComponentName(Name = "norm2")]
    private readonly RmsNorm _norm2;

    [ComponentName(Name = "mlp")]
    private readonly SwiGlu _mlp;

    public AsteriskBlock(LayerContext layer, AsppShape? refined, double dropout) : base("block")
    {
        var width = layer.Shape.Width;
        _dropout = dropout;
        _norm1 = new RmsNorm(width, layer.Backbone.NormEpsilon);
        _attention = new GroupedQueryAttention(layer, dropout: 0);
        _refinement = refined is null ? null : new Aspp(refined);
        _gate = refined is null ? null : Linear(2 * width, width);
        _norm2 = new RmsNorm(width, layer.Backbone.NormEpsilon);
        _mlp = new SwiGlu(width, layer.Shape.Ffn);
        RegisterComponents();
    }

    /// <summary>Where the fusion can be intervened on.</summary>
    public static IReadOnlyList<AblationPoint> Points { get; } =
    [
        new(Gate, "The gate γ between refinement (1) and attention (0).") { Weights = ["fusion_gate.weight"] },
        new(Refinement, "Output p of the refinement, before the gate."),
    ];

    /// <summary>What the fusion reports.</summary>
    public static IReadOnlyList<MetricSpec> Diagnostics(AsteriskOptions options) =>
    [
        new("gateMean", "Mean gate", "", "Mean gate γ: share of the refinement in what enters the residual stream; the rest is attention.")
        {
            Scope = MetricScope.Layer, Kind = MetricKind.Gate, InitialValue = 1 / (1 + Math.Exp(-options.GateBiasInit)),
        },
        new("gateByChannel", "Gate by channel", "", "Mean gate γ of each channel of the residual stream.")
        {
            Scope = MetricScope.Layer, Kind = MetricKind.Gate, Form = MetricForm.Vector, Axis = VectorAxis.Counted("channel"), Range = MetricRange.Share, AtEvaluation = true,
        },
        .. TokenMetrics.Of(Gate, "Gate", "Gate γ of each token, averaged over channels: 1 is refinement, 0 is attention.", MetricKind.Gate, initial: 1 / (1 + Math.Exp(-options.GateBiasInit))),
        .. TokenMetrics.Separation(Gate, "Gate", MetricKind.Gate),
        new("branchRatio", "Refinement over attention", "", "Norm of the gated refinement over the norm of the gated attention.") { Scope = MetricScope.Layer },
        new("branchCosine", "Cosine of the branches", "", "Mean cosine between refinement and attention: near 1 they say the same.") { Scope = MetricScope.Layer },
    ];

    /// <inheritdoc/>
    public override MixerState CreateState() => new AsteriskState(_refinement?.CreateState());

    /// <inheritdoc/>
    public override Tensor forward(Tensor x, ForwardContext context)
    {
        var n = _norm1.call(x, context);
        return Finish(x, Mix(n, _attention.call(n, context), null, context), context);
    }

    /// <inheritdoc/>
    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context)
    {
        var held = (AsteriskState)state;
        var n = _norm1.call(x, context);
        return Finish(x, Mix(n, _attention.Continue(n, held.Attention, context), held.Refinement, context), context);
    }

    private Tensor Finish(Tensor x, Tensor mixed, ForwardContext context)
    {
        x += Mixed(mixed, context);
        return x + Fed(_mlp.call(_norm2.call(x, context), context), context);
    }

    /// <summary>The gate reads [p; q] as two products, so that nothing is put side by side.</summary>
    private Tensor Mix(Tensor n, Tensor attended, AsppState? state, ForwardContext context)
    {
        if (_refinement is null || _gate is null)
        {
            return attended;
        }

        var (kernels, width) = (context.Kernels, n.shape[2]);
        var refined = context.Intervene(Refinement, _refinement.Refine(n, state, context));                                          // [B, T, d]
        var ofRefined = kernels.Linear(context.Drop("gate/refined", refined, _dropout), _gate.weight.narrow(1, 0, width), _gate.bias);
        var ofAttended = kernels.Linear(context.Drop("gate/attended", attended, _dropout), _gate.weight.narrow(1, width, width));
        var gate = context.Intervene(Gate, (ofRefined + ofAttended).sigmoid());                                                     // [B, T, d]
        Report(context.Diagnostics, gate, refined, attended);
        return attended + (gate * (refined - attended));
    }

    private static void Report(DiagnosticsWriter? writer, Tensor gate, Tensor refined, Tensor attended)
    {
        if (writer is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var byToken = gate.mean([2]); // [B, T]
        writer.Scalar("gateMean", byToken.mean());
        writer.Vector("gateByChannel", gate.mean([0, 1]));
        writer.Tokens(Gate, byToken);
        writer.Separation(Gate, byToken);
        writer.Scalar("branchRatio", (gate * refined).norm() / ((1 - gate) * attended).norm());
        writer.Scalar("branchCosine", functional.cosine_similarity(refined, attended, dim: -1).mean());
    }
}

/// <summary>Keys and values of attention, and the last vectors of the refinement where it sees the previous token.</summary>
internal sealed class AsteriskState(AsppState? refinement) : MixerState
{
    public KvCache Attention { get; } = new();

    public AsppState? Refinement { get; } = refinement;

    public override long Bytes => Attention.Bytes + (Refinement?.Bytes ?? 0);

    protected override void Dispose(bool disposing)
    {
        Attention.Dispose();
        Refinement?.Dispose();
    }
}
