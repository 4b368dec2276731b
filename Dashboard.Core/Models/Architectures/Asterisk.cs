using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;
using Crossbench.Options;

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
    public override ArchitectureFamily Family => ArchitectureFamily.Hybrid;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Into the refinement", @"n = \operatorname{RMSNorm}(x), \qquad h^0 = W_{dn}\, n + b_{dn}",
            ("x", "residual stream, [T, d]"), ("h^0", "[T, a], each token by itself; n as it is where a = d"), ("W_{dn}", "[a, d]")),
        new(
            "One step", @"h^s = \operatorname{LayerNorm}\big(h^{s-1} + \alpha\, \varphi(h^{s-1})\big), \qquad \varphi(h) = W_2 \operatorname{act}(W_1 h + b_1) + b_2",
            (@"\alpha", "learnt number, at the start 0.1"), (@"\varphi", "operator of inner width m, the same in all steps of a layer; with graph chain it also reads the token before")),
        new(
            "Number of steps", @"K = \max\big(1, \lfloor \sigma(\kappa)\, K_{\max} \rfloor\big)",
            (@"\kappa", "step logit: without gradient through ⌊ ⌋, so K never changes; with kMode soft K is σ(κ) K_max and the last step counts by its fraction")),
        new("Both branches", @"p = W_{up}\, h^K + b_{up}, \qquad q = \operatorname{GQA}(n)", ("p", "refinement, [T, d]"), ("q", "attention, [T, d]")),
        SharedEquations.AttentionAtOnce,
        new("Gate", @"\gamma = \sigma\big(W_\gamma\, [\,p;\, q\,] + b_\gamma\big)", (@"\gamma", "share of the refinement in each channel, [T, d]"), (@"W_\gamma", "[d, 2d]")),
        new(
            "Layer", @"x \leftarrow x + \gamma \odot p + (1 - \gamma) \odot q, \qquad x \leftarrow x + W_d\big(\operatorname{SiLU}(W_g m) \odot W_u m\big), \quad m = \operatorname{RMSNorm}(x)",
            (@"W_g,\; W_u", "[f, d]"), ("W_d", "[d, f]")),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        new("Asterisk: Hybrid ASPP-Attention Architecture, model card", "NoesisLab", null, "The branch and its fusion; what the card leaves open is an option here.", "https://huggingface.co/NoesisLab/Asterisk"),
        Papers.Llama,
    ];

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
        new("fusion_gate.weight", [shape.Extents.Width, 2 * shape.Extents.Width], "Fusion gate"),
        new("fusion_gate.bias", [shape.Extents.Width], "Fusion gate") { Initial = new Initial.Constant(options.GateBiasInit) },
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
