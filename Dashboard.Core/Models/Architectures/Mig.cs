using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crossbench.Metrics;
using Crossbench.Models.Parts;
using Crossbench.Options;

namespace Crossbench.Models.Architectures;

/// <summary>How tokens are selected by their gates.</summary>
public enum TopkMode
{
    /// <summary>The largest of the whole sequence, as TransBench: later tokens decide on earlier ones, so the model is not causal.</summary>
    [JsonStringEnumMemberName("global")]
    Global,

    /// <summary>Decided once, on arrival, by the rank among the tokens so far.</summary>
    [JsonStringEnumMemberName("causal_rank")]
    CausalRank,

    /// <summary>Decided once, on arrival, by a threshold that follows the quantile of training batches.</summary>
    [JsonStringEnumMemberName("causal_threshold")]
    CausalThreshold,

    /// <summary>Decided anew at every position by the rank among the tokens up to it: the exact causal form, slow, for reference.</summary>
    [JsonStringEnumMemberName("prefix")]
    Prefix,

    /// <summary>All tokens are kept.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>What becomes of tokens that are not selected.</summary>
public enum DropMode
{
    /// <summary>Their input becomes zero, as TransBench: with biases they still are keys, and take a share of the attention.</summary>
    [JsonStringEnumMemberName("zero_input")]
    ZeroInput,

    /// <summary>They are no keys, and the mixer adds nothing to them; they are not computed.</summary>
    [JsonStringEnumMemberName("skip_kv")]
    SkipKv,
}

/// <summary>What a gate multiplies.</summary>
public enum GatePlace
{
    /// <summary>A slice of the channels of the input each, as TransBench: the projections then mix them.</summary>
    Slices,

    /// <summary>Query, key and value of a head each.</summary>
    Heads,
}

/// <summary>Options of <see cref="Mig"/>.</summary>
public sealed record MigOptions : ArchitectureOptions
{
    /// <summary>Inner width m of the gate network, 0 or more; 0 is a single gate for all heads.</summary>
    [Range(0, 1048576)]
    [Display(Name = "Gate width", Description = "Inner width of the gate network; 0 is a single gate for all heads.")]
    public int GateDim { get; init; } = 64;

    /// <summary>Share r of tokens kept, above 0 up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Keep ratio", Description = "Share of tokens that are kept.")]
    public double KeepRatio { get; init; } = 0.7;

    /// <summary>Shares of the first layers, in order; the others keep <see cref="KeepRatio"/>.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Keep ratios by layer", Description = "Shares of the first layers, in order; the layers after those use the keep ratio.")]
    public ValueList<double> LayerKeepRatios { get; init; } = [];

    /// <summary>How tokens are selected.</summary>
    [Display(Name = "Selection", Description = "Which tokens are kept. causal_rank: those whose gate is among the largest so far; causal_threshold: those above a threshold that follows the gates of training batches; prefix: the largest of the tokens up to each position, chosen anew there (slow); global: the largest of the sequence, which sees the future and cannot decode; none: all.")]
    public TopkMode TopkMode { get; init; } = TopkMode.CausalRank;

    /// <summary>What becomes of the others.</summary>
    [Display(Name = "Dropped tokens", Description = "What happens to the others. zero_input: their input becomes zero, yet they stay keys that take attention, as in TransBench; skip_kv: they are no keys at all, which also saves their cost.")]
    public DropMode DropMode { get; init; }

    /// <summary>What a gate multiplies.</summary>
    [Display(Name = "Gates act on", Description = "Slices of the input's channels, or query, key and value of each head.")]
    public GatePlace GateOn { get; init; }

    /// <summary>Weight λ of the loss on open gates, 0 or more.</summary>
    [Range(0.0, double.PositiveInfinity)]
    [Display(Name = "Sparsity weight", Description = "Weight of the mean gate in the loss; at 0 it is measured, not trained.")]
    public double Lambda { get; init; } = 0.001;

    /// <summary>Steps over which the weight rises from 0.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Sparsity warm-up", Description = "Steps over which the weight of the mean gate rises from 0.", Prompt = "steps")]
    public int AuxWarmup { get; init; } = 200;

    /// <summary>Share of attention weights dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout", Description = "Share of attention weights dropped while training.")]
    public double Dropout { get; init; }

    /// <summary>Whether the last layers of all gate networks start alike, as in TransBench, which copies one mixer into all layers.</summary>
    [Display(Name = "Same gates at start", Description = "The gate networks of all layers start from the same last layer, as in TransBench.")]
    public bool CloneInit { get; init; }

    /// <summary>Whether the gates stay as they start: the control that tells what scaling alone does.</summary>
    [Display(Name = "Frozen gates", Description = "The gate networks are not trained and stay near their start, 0.12: a control that tells what scaling alone does.")]
    public bool FrozenGate { get; init; }

    /// <summary>Share kept in a layer.</summary>
    internal double RatioOf(int layer) => layer < LayerKeepRatios.Count ? LayerKeepRatios[layer] : KeepRatio;

    /// <summary>Whether a layer drops tokens.</summary>
    internal bool SelectsIn(int layer) => TopkMode != TopkMode.None && RatioOf(layer) < 1;

    /// <summary>Whether some layer may drop tokens.</summary>
    internal bool SelectsAnywhere => TopkMode != TopkMode.None && LayerKeepRatios.Append(KeepRatio).Any(ratio => ratio < 1);
}

/// <summary>
/// Mutual-information gating (TransBench's model card): learned gates scale the input of grouped-query attention token by token, and the tokens with the
/// smallest gates are dropped. With shares by layer it is that card's A-MIG.
/// </summary>
/// <remarks>
/// Parameters of the gate: <c>gate.w1</c> (m × d) and <c>gate.w2</c> (H × m, with bias), or <c>gate.w</c> (1 × d, with bias). The score of a token is the
/// mean of its gates. No gradient goes through the selection: a dropped token's gate learns from the sparsity loss alone.
/// </remarks>
public sealed class Mig : MixerArchitecture<MigOptions>
{
    private const string Ratios = "architecture.layerKeepRatios";

    /// <inheritdoc/>
    public override string Id => "mig";

    /// <inheritdoc/>
    public override string Title => "Mutual-information gating";

    /// <inheritdoc/>
    public override string Summary => "Grouped-query attention behind learned gates; tokens with the smallest gates are dropped.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Attention;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Gates", @"g_t = \sigma\big(W_2 \operatorname{SiLU}(W_1 x_t) + b_2\big)",
            ("x_t", "normed token t, [d]"), ("g_t", "a gate for each head, [H], in (0, 1), at the start 0.119; with gate width 0 a single σ(w·x + b)"), ("W_1", "[m, d]"), ("W_2", "[H, m]")),
        new("Score", @"s_t = \frac{1}{H} \sum_{h=1}^{H} g_t^h", ("s_t", "mean gate of a token; takes no gradient")),
        new(
            "Selection causal_rank", @"M_t = \mathbf{1}\Big[\, 1 + \#\{u < t : s_u \ge s_t - 10^{-6}\} \le \max\big(1, \lfloor r\,(t+1) \rfloor\big) \Big]",
            ("M_t", "1 where token t, counted from 0, is kept"), ("r", "keep ratio of the layer; at 1 all are kept")),
        new(
            "Selection global", @"M_t = \mathbf{1}\big[\, s_t \text{ is among the } \max(1, \lfloor r\,T \rfloor) \text{ largest of } s_0 \ldots s_{T-1} \big]",
            ("T", "length of the sequence: later tokens decide, so this choice sees the future")),
        new(
            "Gated attention", @"\tilde x_t^{(h)} = M_t\, g_t^h\, x_t^{(h)}, \qquad y = \operatorname{GQA}(\tilde x)",
            (@"x_t^{(h)}", "slice h of the channels, [d/H]; with gateOn heads the gate multiplies query, key and value of head h instead")),
        SharedEquations.AttentionAtOnce,
        new("Loss", @"\mathcal{L} = \operatorname{CE} + \lambda \operatorname*{mean}_{\ell, t, h} g_t^h", (@"\lambda", "sparsity weight, rising from 0 over the warm-up"), (@"\ell", "layers")),
        SharedEquations.Layer(@"\operatorname{MIG}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } = [Papers.TransBench, Papers.Gqa];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.TransBench(AsTransBench),
        Preset.Of("a-mig", "A-MIG: the first three of eight layers keep one token in twenty", [("shape.layers", "8"), (Ratios, "0.05, 0.05, 0.05, 1, 1, 1, 1, 1"), ("architecture.keepRatio", "0.05")]),
        Preset.TransBench([.. AsTransBench, (Ratios, "0.05, 0.05, 0.1, 0.5, 1, 1"), ("architecture.keepRatio", "0.05")]) with { Id = "a-mig-transbench", Title = "A-MIG in TransBench's suite" },
    ];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("mig")
    {
        Keys =
        [
            ("mig_gate_dim", "gateDim"),
            ("mig_lambda", "lambda"),
            ("mig_keep_ratio", "keepRatio"),
            ("mig_layer_keep_ratios", "layerKeepRatios"),
            ("aux_warmup_steps", "auxWarmup"),
        ],
    };

    private static (string Path, string Value)[] AsTransBench =>
        [("architecture.topkMode", "global"), ("architecture.dropMode", "zero_input"), ("architecture.cloneInit", "true")];

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(MigOptions options) => [.. BlockDiagnostics.All, .. AttentionDiagnostics.All, .. GateDiagnostics.Of(options)];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(MigOptions options) =>
    [
        .. BlockDiagnostics.Points, .. AttentionDiagnostics.Points,
        new(GatedAttention.Gate, "Gates of the heads of each token: 1 opens them. Which tokens are kept stays as it is.") { Weights = options.GateDim == 0 ? ["attn.gate.w.weight"] : ["attn.gate.w1.weight", "attn.gate.w2.weight"] },
        .. options.SelectsAnywhere ? [new AblationPoint(GatedAttention.Keep, "Which tokens are kept: 1 keeps all; a shuffle in time keeps as many others.")] : Array.Empty<AblationPoint>(),
    ];

    /// <inheritdoc/>
    protected override bool IsCausal(MigOptions options) => options.TopkMode != TopkMode.Global || !options.SelectsAnywhere;

    /// <inheritdoc/>
    protected internal override bool IsTrained(string name, ArchitectureOptions options) => !((MigOptions)options).FrozenGate || !name.Contains(".gate.", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, MigOptions options)
    {
        if (options.LayerKeepRatios.Count > shape.Layers)
        {
            yield return new SpecProblem(Ratios, $"{options.LayerKeepRatios.Count} ratios are more than the {shape.Layers} layers.", "Give one for each layer at most, or add layers.")
            {
                Fixes = [new SpecFix("shape.layers", $"{options.LayerKeepRatios.Count}")],
            };
        }
    }

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, MigOptions options) => new GatedAttention(layer, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, MigOptions options) =>
    [
        .. TokenGate.Parameters(shape, options.GateDim, options.CloneInit),
        .. GroupedQueryMixer.Parameters(shape),
        .. options.TopkMode == TopkMode.CausalThreshold && options.SelectsIn(layer) ? [new ParameterShape("threshold", [2], "Gate") { IsBuffer = true }] : Array.Empty<ParameterShape>(),
    ];

    /// <summary>
    /// Where dropped tokens are skipped, n = ρT of T tokens are computed; ρ is the share that the rule keeps when no tokens repeat. The reference rule prefix
    /// with zeroed inputs makes four full products of T × T.
    /// </summary>
    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, MigOptions options)
    {
        var (gate, dense) = (TokenGate.Flops(shape, options.GateDim), GroupedQueryMixer.Flops(shape));
        double length = shape.ContextLength;
        var (pairs, pairsOfAll) = (4.0 * shape.Width, 2 * (length + 1) * shape.Width);
        if (!options.SelectsIn(layer))
        {
            return gate + dense;
        }

        if (options.TopkMode == TopkMode.Prefix)
        {
            return gate + dense + (options.DropMode == DropMode.SkipKv ? 0 : (2 * pairs * length) - pairsOfAll);
        }

        var share = options.DropMode == DropMode.SkipKv ? ShareKept(layer, shape, options) : 1;
        return gate + (share * (dense - pairsOfAll)) + (pairs * share * ((share * length) + 1) / 2);
    }

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, MigOptions options)
    {
        var (selects, gates) = (options.SelectsIn(layer), options.GateDim == 0 ? 1 : shape.Heads);
        var numbers = (options.GateOn == GatePlace.Heads ? gates : 0)
            + (selects && options.TopkMode is TopkMode.CausalRank or TopkMode.Prefix ? 1 : 0)
            + (selects && options.DropMode == DropMode.SkipKv && options.TopkMode != TopkMode.Prefix ? 1 : 0);
        return selects && options.TopkMode == TopkMode.Global ? 0 : GroupedQueryMixer.StateBytes(shape) + ((long)numbers * sizeof(float) * shape.ContextLength);
    }

    private static double ShareKept(int layer, ModelShape shape, MigOptions options)
    {
        var (ratio, length) = (options.RatioOf(layer), shape.ContextLength);
        return options.TopkMode switch
        {
            TopkMode.Global => (double)TokenSelection.CountFor(length, ratio) / length,
            TopkMode.CausalThreshold => ratio,
            _ => TokenSelection.CausalShare(length, ratio),
        };
    }
}
