using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;
using Crossbench.Options;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Architectures;

/// <summary>How the number of refinement steps comes about.</summary>
public enum AsteriskSteps
{
    /// <summary>⌊σ(κ) K_max⌋, at least 1: κ gets no gradient, so the number never changes.</summary>
    Int,

    /// <summary>σ(κ) K_max, at least 1, the last step weighted by its fraction: κ learns.</summary>
    Soft,
}

/// <summary>Which tokens the refinement of a token reads.</summary>
public enum AsteriskGraph
{
    /// <summary>Only itself.</summary>
    None,

    /// <summary>Itself and its predecessor.</summary>
    Chain,
}

/// <summary>Options of <see cref="Asterisk"/>.</summary>
public sealed record AsteriskOptions : ArchitectureOptions
{
    /// <summary>0-based layers that have the refinement branch; all when empty.</summary>
    [Range(0, 511)]
    [Display(Name = "Hybrid layers", Description = "Layers, counted from 0, that have the refinement branch. Left empty: all.")]
    public ValueList<int> HybridLayers { get; init; } = [];

    /// <summary>Width a that is refined: 0, or 8 to 4d.</summary>
    [Range(0, 262144)]
    [Display(Name = "Refined width", Description = "Width of the vectors that are refined; 0 for the model's width without projections. Left empty: half the model's width, at least 8.")]
    public int? AsppHidden { get; init; }

    /// <summary>Most refinement steps, K_max.</summary>
    [Range(1, 32)]
    [Display(Name = "Most steps", Description = "Most refinement steps; their number is this times σ of the step logit.")]
    public int KMax { get; init; } = 8;

    /// <summary>How the number of steps comes about.</summary>
    [Display(Name = "Kind of steps", Description = "int rounds the number of steps down, so that it cannot learn (as published); soft weights the last step by its fraction, so that it can.")]
    public AsteriskSteps KMode { get; init; }

    /// <summary>Initial step logit κ.</summary>
    [Range(-20.0, 20.0)]
    [Display(Name = "Step logit", Description = "Initial κ; 1.1 gives 6 of 8 steps.")]
    public double KLogit { get; init; } = 1.1;

    /// <summary>Inner width of φ over its outer width.</summary>
    [Range(1, 16)]
    [Display(Name = "Operator width factor", Description = "Inner width of the refinement operator φ, as a multiple of the refined width.")]
    public int PhiMult { get; init; } = 2;

    /// <summary>Activation inside φ.</summary>
    [Display(Name = "Operator activation", Description = "Activation between the two layers of the refinement operator φ.")]
    public Activation PhiAct { get; init; }

    /// <summary>Share dropped inside φ while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Operator dropout", Description = "Share dropped after the activation of the refinement operator φ while training.")]
    public double PhiDropout { get; init; }

    /// <summary>Initial α, the factor of φ in each step.</summary>
    [Range(-10.0, 10.0)]
    [Display(Name = "Residual scale at start", Description = "Initial α, the learnt factor of φ in each step.")]
    public double ResidualScale { get; init; } = 0.1;

    /// <summary>Initial bias of the fusion gate.</summary>
    [Range(-40.0, 40.0)]
    [Display(Name = "Gate bias", Description = "Initial bias of the gate: 0 mixes both branches in halves (as published), -4 leaves pretrained attention nearly as it is.")]
    public double GateBiasInit { get; init; }

    /// <summary>Share dropped at the ends of the branch and before the gate while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Branch dropout", Description = "Share dropped of the branch's input, of its output, and of what the gate reads, while training.")]
    public double AsppDropout { get; init; } = 0.2;

    /// <summary>Which tokens the refinement of a token reads.</summary>
    [Display(Name = "Token graph", Description = "none refines each token by itself (as published); chain also shows φ the predecessor, never a later token.")]
    public AsteriskGraph Graph { get; init; }

    /// <summary>How rotary frequencies are changed.</summary>
    [Display(Name = "RoPE scaling", Description = "none, or llama3 for the long-context frequencies of Llama 3.2.")]
    public RopeScaling RopeScaling { get; init; }
}

/// <summary>Llama with an iterated refinement of each token beside attention, fused by a gate (NoesisLab's Asterisk model card).</summary>
public sealed class Asterisk : LlamaArchitecture<AsteriskOptions>
{
    /// <inheritdoc/>
    public override string Id => "asterisk";

    /// <inheritdoc/>
    public override string Title => "Asterisk: refinement beside attention";

    /// <inheritdoc/>
    public override string Summary => "Llama whose layers refine each token by a repeated operator beside attention and mix both by a gate.";

    /// <inheritdoc/>
    public override ModelShape DefaultShape { get; } = new() { Bias = false, TiedHead = true };

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.Of(
            "smollm2-135m",
            "On SmolLM2-135M, 171.2 million parameters",
            [
                ("shape.layers", "30"), ("shape.width", "576"), ("shape.heads", "9"), ("shape.kvHeads", "3"), ("shape.ffn", "1536"), ("shape.contextLength", "8192"),
                ("shape.vocabulary", "49152"), ("shape.positions", "rope"), ("shape.ropeBase", "100000"), ("shape.bias", "false"), ("shape.tiedHead", "true"),
                ("architecture.asppHidden", "256"),
            ]),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(AsteriskOptions options) =>
        [.. BlockDiagnostics.All, .. AttentionDiagnostics.All, .. Aspp.Diagnostics, .. AsteriskBlock.Diagnostics(options)];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(AsteriskOptions options) =>
        [.. BlockDiagnostics.Points, .. AttentionDiagnostics.Points, .. Aspp.Points, .. AsteriskBlock.Points];

    /// <inheritdoc/>
    protected override RopeScaling ScalingOf(AsteriskOptions options) => options.RopeScaling;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, AsteriskOptions options)
    {
        if (options.AsppHidden is { } width && width != 0 && (width < 8 || width > 4 * shape.Width))
        {
            yield return new SpecProblem("architecture.asppHidden", $"A refined width of {width} is outside the range.", $"Use 0, or 8 to {4 * shape.Width}, four times the width.")
            {
                Fixes = [new SpecFix("architecture.asppHidden", width < 8 ? "8" : $"{4 * shape.Width}")],
            };
        }

        foreach (var layer in options.HybridLayers.Where(layer => layer >= shape.Layers).Distinct())
        {
            yield return new SpecProblem("architecture.hybridLayers", $"Layer {layer} is not one of the {shape.Layers} layers.", $"Name layers from 0 to {shape.Layers - 1}, or leave the list empty for all.");
        }

        foreach (var layer in options.HybridLayers.GroupBy(layer => layer).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return new SpecProblem("architecture.hybridLayers", $"Layer {layer} is named twice.", "Name each layer once.")
            {
                Fixes = [new SpecFix("architecture.hybridLayers", string.Join(", ", options.HybridLayers.Distinct()))],
            };
        }

        foreach (var problem in options.RopeScaling.Problems(shape))
        {
            yield return problem;
        }
    }

    /// <inheritdoc/>
    protected override Block CreateBlock(LayerContext layer, AsteriskOptions options) =>
        new AsteriskBlock(layer, IsHybrid(layer.Index, options) ? Refined(layer.Shape, options) : null, options.AsppDropout);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> AddedParameters(int layer, ModelShape shape, AsteriskOptions options) => !IsHybrid(layer, options) ? [] :
    [
        .. Aspp.Parameters(Refined(shape, options), options.KLogit, options.ResidualScale),
        new("fusion_gate.weight", [shape.Width, 2L * shape.Width], "Fusion gate"),
        new("fusion_gate.bias", [shape.Width], "Fusion gate") { Initial = new Initial.Constant(options.GateBiasInit) },
    ];

    /// <inheritdoc/>
    protected override double BlockFlops(int layer, ModelShape shape, AsteriskOptions options)
    {
        var added = IsHybrid(layer, options) ? Aspp.Flops(Refined(shape, options), options.KLogit) + (4.0 * shape.Width * shape.Width) : 0;
        return GroupedQueryMixer.Flops(shape) + SwiGlu.Flops(shape) + added;
    }

    /// <inheritdoc/>
    protected override long BlockStateBytes(int layer, ModelShape shape, AsteriskOptions options) =>
        GroupedQueryMixer.StateBytes(shape) + (IsHybrid(layer, options) ? Aspp.StateBytes(Refined(shape, options)) : 0);

    private static bool IsHybrid(int layer, AsteriskOptions options) => options.HybridLayers.Count == 0 || options.HybridLayers.Contains(layer);

    private static AsppShape Refined(ModelShape shape, AsteriskOptions options)
    {
        var hidden = options.AsppHidden switch { null => Math.Max(8, shape.Width / 2), 0 => shape.Width, { } width => width };
        return new AsppShape(
            shape.Width, hidden, options.PhiMult * hidden, options.KMax, options.KMode == AsteriskSteps.Soft, options.Graph == AsteriskGraph.Chain, options.PhiAct,
            options.AsppDropout, options.PhiDropout);
    }
}

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
