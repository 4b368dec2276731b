using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="MoaMetric"/>.</summary>
public sealed record MoaMetricOptions : ArchitectureOptions
{
    /// <summary>Distance that scores attention.</summary>
    [Display(Name = "Distance of attention", Description = "l2: squared Euclidean distance; cosine: 1 − cosine; maha: squared distance with a learned weight for each coordinate.")]
    public AttentionMetric Metric { get; init; }

    /// <summary>Initial sharpness of every head, α.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    [Display(Name = "Initial sharpness", Description = "Factor of the distance in the scores of every head at the start; it stays positive.")]
    public double AlphaInitial { get; init; } = 1;

    /// <summary>Inner width of the value mixers, m; d/2 when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Value mixer width", Description = "Inner width of the gated network that takes the place of attention's output projection. Left empty: half the width.")]
    public int? ValueWidth { get; init; }

    /// <summary>Inner width of the channel branch; d when absent.</summary>
    [Range(1, 1048576)]
    [Display(Name = "Channel branch width", Description = "Inner width of the channel branch. Left empty: the width.")]
    public int? ChannelWidth { get; init; }

    /// <summary>Taps of the convolution branch, k1.</summary>
    [Range(1, 1024)]
    [Display(Name = "Convolution taps", Description = "Tokens that the convolution branch sees, itself included.", Prompt = "tokens")]
    public int ConvWidth { get; init; } = 7;

    /// <summary>Taps of the convolution in the feed-forward part, k2.</summary>
    [Range(1, 1024)]
    [Display(Name = "FFN convolution taps", Description = "Tokens that the convolution of the feed-forward part sees, itself included.", Prompt = "tokens")]
    public int FfnConvWidth { get; init; } = 5;

    /// <summary>Inner width of the low-rank branch of the feed-forward part.</summary>
    [Range(1, 65536)]
    [Display(Name = "Low-rank width", Description = "Inner width of the low-rank branch of the feed-forward part.")]
    public int LowRank { get; init; } = 64;

    /// <summary>Branches that each token keeps; 0 for a soft mixture of all.</summary>
    [Range(0, MoaBlock.Branches)]
    [Display(Name = "Branches kept", Description = "Branches that each token keeps, their weights renormalised; 0 mixes all. All are computed either way.")]
    public int TopK { get; init; }

    /// <summary>Whether a bounded term is added to the router's scores.</summary>
    [Display(Name = "Router tilt", Description = "Adds a bounded, learned term to the router's scores.")]
    public bool RouterBias { get; init; }

    /// <summary>Bound of that term, β_max.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Router tilt bound", Description = "Largest size of the router's bounded term.")]
    public double RouterBiasLimit { get; init; } = 1;

    /// <summary>Weight of the triangle loss.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Triangle loss", Description = "Weight of the penalty on triples of keys that break the triangle inequality; 0 leaves it out.")]
    public double TiLambda { get; init; } = 0.01;

    /// <summary>Triples of keys that the triangle loss samples in each layer and attention.</summary>
    [Range(0, 1048576)]
    [Display(Name = "Triangle samples", Description = "Triples of keys sampled in each sequence, layer and attention; 0 leaves the triangle loss out.")]
    public int TiSamples { get; init; } = 64;

    /// <summary>Distance that the triangle loss looks at.</summary>
    [Display(Name = "Triangle distance", Description = "score: the distance of the scores; sqrt: its root, a true metric whose violations are rounding only, so that the loss is a monitor.")]
    public TriangleDistance TiDistance { get; init; }

    /// <summary>Steps over which the weight of the triangle loss rises.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Triangle warm-up", Description = "Steps over which the weight of the triangle loss rises from 0.", Prompt = "steps")]
    public int TiWarmup { get; init; }

    /// <summary>Slow waves that modulate rotary angles and values, M.</summary>
    [Range(0, 64)]
    [Display(Name = "Phase waves", Description = "Slow waves that modulate rotary angles and the strength of values; 0 for plain rotary positions.")]
    public int Phases { get; init; } = 4;

    /// <summary>Largest change of a rotary angle, ε_φ.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Phase scale", Description = "Largest change that the waves make to a rotary angle; 0 for plain rotary positions.", Prompt = "radians")]
    public double PhaseScale { get; init; } = Math.PI / 4;

    /// <summary>Longest period of the waves.</summary>
    [Range(8, 1048576)]
    [Display(Name = "Longest period", Description = "Longest period of the waves; the shortest is 8 tokens.", Prompt = "tokens")]
    public int MaxPosition { get; init; } = 2048;

    /// <summary>Least factor on values.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Least energy", Description = "Least factor that waves and novelty put on a value.")]
    public double EnergyMin { get; init; } = 0.5;

    /// <summary>Largest factor on values.</summary>
    [Range(1.0, 1000.0)]
    [Display(Name = "Largest energy", Description = "Largest factor that waves and novelty put on a value.")]
    public double EnergyMax { get; init; } = 2;

    /// <summary>Whether the factor on values knows how much a token differs from the one before.</summary>
    [Display(Name = "Novelty of tokens", Description = "The factor on values knows how much a token differs from the one before it.")]
    public bool Discrepancy { get; init; } = true;

    /// <summary>Whether keys far from a learned origin are left out.</summary>
    [Display(Name = "Ball pruning", Description = "soft: keys outside each head's ball score lower; hard: so while training, and they are hidden when evaluating.")]
    public BallPruning BallPruning { get; init; }

    /// <summary>Initial radius of the balls; √dh when absent.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    [Display(Name = "Ball radius", Description = "Radius of every head's ball at the start. Left empty: the root of the head width.")]
    public double? BallRadius { get; init; }

    /// <summary>Factor of the penalty on keys outside the ball, β.</summary>
    [Range(0.0, 1e6)]
    [Display(Name = "Ball strength", Description = "Factor of the penalty on keys outside the ball.")]
    public double BallStrength { get; init; } = 1;

    /// <summary>Softness of the border of the ball, τ.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    [Display(Name = "Ball softness", Description = "Width of the border of the ball: the penalty is the softplus of the distance to the border over this.")]
    public double BallTemperature { get; init; } = 1;

    /// <summary>Initial scale of what a block adds to the residual stream.</summary>
    [Range(-1000.0, 1000.0)]
    [Display(Name = "Layer scale", Description = "Scale of what a block adds to each channel of the residual stream at the start.")]
    public double LayerScaleInitial { get; init; } = 1;

    /// <summary>Share of numbers dropped from what a block adds, while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout share", Description = "Share of numbers dropped from what mixture and feed-forward part add to the residual stream, while training.")]
    public double Dropout { get; init; }

    /// <summary>Share of sequences that skip a part of a block, while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Drop path", Description = "Share of sequences that skip the mixture, or the feed-forward part, of a block while training.")]
    public double DropPath { get; init; }

    internal bool HasTriangleLoss => TiLambda > 0 && TiSamples > 0;

    internal int ValueWidthOf(ModelShape shape) => ValueWidth ?? shape.Width / 2;

    internal int ChannelWidthOf(ModelShape shape) => ChannelWidth ?? shape.Width;

    /// <summary>Without positions there are no waves either: they would tell the position.</summary>
    internal int PhasesOf(ModelShape shape) => shape.Positions == PositionEncoding.Rope ? Phases : 0;
}

/// <summary>
/// MoA, mixture of architectures with metric attention (as the model cards of MoA-150M and DiscoverLM describe it; no code is public). Every block mixes a causal
/// convolution, metric attention with many heads, a channel network and metric attention with one key head, token by token, and so does its feed-forward
/// part with three networks. The number of kv heads of the shape is not used: one attention has as many as heads, the other has one.
/// </summary>
public sealed class MoaMetric : Architecture<MoaMetricOptions>
{
    /// <inheritdoc/>
    public override string Id => "moa-metric";

    /// <inheritdoc/>
    public override string Title => "Mixture of architectures (MoA)";

    /// <inheritdoc/>
    public override bool HasKvHeads => false;

    /// <inheritdoc/>
    public override string Summary => "Each token mixes convolution, two attentions that score by distance, and a channel network; a routed feed-forward part follows.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Hybrid;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Router and gates", @"n = \operatorname{RMSNorm}(x), \qquad w = \operatorname{softmax}(W_r n + b_r), \qquad \gamma = 2\, \sigma(W_\gamma n + b_\gamma)",
            ("x", "residual stream, [T, d]"), ("w", "share of each branch, [T, 4]; with branches kept only the largest, renormalised"), (@"\gamma", "gate of each branch, [T, 4], at the start 1")),
        new(
            "Mixture", @"x \leftarrow x + s_1 \odot \big(w_1 \gamma_1 \operatorname{Conv}(n) + w_2 \gamma_2 \operatorname{MH}(n) + w_3 \gamma_3 \operatorname{Channel}(n) + w_4 \gamma_4 \operatorname{MQ}(n)\big)",
            ("s_1", "layer scale, [d]"), (@"\operatorname{MH}", "metric attention with H keys and values"), (@"\operatorname{MQ}", "the same with one key and value for all heads")),
        new(
            "Convolution and channel network", @"\operatorname{Conv}(n) = W_{pw} \operatorname{SiLU}(\operatorname{conv}_t(n)), \qquad \operatorname{Channel}(n) = W_2 \operatorname{GELU}(W_1 n + b_1) + b_2",
            (@"\operatorname{conv}_t", "causal convolution of t taps, channel by channel, with a bias")),
        new(
            "Metric attention of a head", @"P_{ij} = \operatorname*{softmax}_{j \le i} \Big(\!-\alpha\, \frac{\|q_i - k_j\|^2}{\sqrt{d_h}}\Big), \qquad o_i = \sum_{j \le i} P_{ij}\, E_j v_j, \qquad y = W_{dn}\big((W_{up}\, o) \odot \sigma(W_{gt}\, o)\big)",
            (@"q_i,\; k_j", "turned by their angles, [d_h]; metric cosine scores −α √d_h (1 − cos), maha weighs each coordinate"), (@"\alpha", "sharpness of the head, above 0"), ("W_{up}", "[m, d]; up, gate and down take the place of the output projection")),
        new(
            "Angles", @"\Theta_c(t) = t\, \omega_c + \varepsilon \tanh \sum_{m=1}^{M} \big(A_{cm} \sin \nu_m t + B_{cm} \cos \nu_m t\big)",
            (@"\omega_c", "rotary frequency of pair c"), (@"\varepsilon", "phase scale"), (@"\nu_m", "frequencies of periods from 8 tokens to the longest, in equal ratios"), (@"A,\; B", "0 at the start: plain rotary embedding")),
        new(
            "Energy of values", @"E_t = e_{\min} + (e_{\max} - e_{\min})\, \sigma\Big(c + \sum_{m=1}^{M} (a_m \sin \nu_m t + b_m \cos \nu_m t) + \kappa\, \frac{\|x_t - x_{t-1}\|}{\|x_t\| + \|x_{t-1}\|}\Big)",
            ("E_t", "factor on the values of each kv head, at the start 1"), (@"\kappa", "weight of novelty, 0 for the first token")),
        new(
            "Feed-forward part", @"x \leftarrow x + s_2 \odot \big(w'_1 \operatorname{SwiGLU}(n') + w'_2 \operatorname{Conv}'(n') + w'_3 W_v \operatorname{SiLU}(W_u n')\big), \qquad w' = \operatorname{softmax}(W' n' + b')",
            ("n'", "RMSNorm(x)"), ("W_u", "[r, d], low rank")),
        new(
            "Loss", @"\mathcal{L} = \operatorname{CE} + \lambda \operatorname{mean} \operatorname{relu}(D_{ac} - D_{ab} - D_{bc})",
            ("D", "distance of the scores between sampled keys a, b, c of one sequence"), (@"\lambda", "triangle loss")),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        new("MoA-Metric-LM-150M, model card", "reaperdoesntknow", null, "The block and its four branches; no code is public, and widths are chosen here to meet its size.", "https://huggingface.co/reaperdoesntknow/MoA-150M"),
        new("MoAMetricLM-100M, model card", "reaperdoesntknow", null, "An earlier size of the same.", "https://huggingface.co/reaperdoesntknow/MoA-100M"),
        Papers.Rope,
    ];

    /// <inheritdoc/>
    public override ModelShape DefaultShape { get; } = new() { TiedHead = true, Bias = false };

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.Of(
            "moa-150m",
            "MoA, 150 million parameters: d768 L12 H8, GPT-2's vocabulary",
            [
                ("shape.layers", "12"), ("shape.width", "768"), ("shape.heads", "8"), ("shape.kvHeads", "8"), ("shape.ffn", "1152"), ("shape.contextLength", "2048"),
                ("shape.vocabulary", "50257"), ("shape.bias", "false"), ("shape.tiedHead", "true"), ("architecture.valueWidth", "384"),
                ("architecture.channelWidth", "768"), ("architecture.lowRank", "64"), ("architecture.maxPosition", "2048"),
            ]),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(MoaMetricOptions options) => [.. BlockDiagnostics.All, .. MoaDiagnostics.Of(options)];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(MoaMetricOptions options) => [.. BlockDiagnostics.Points, .. MoaBlock.Points(options)];

    /// <inheritdoc/>
    protected override Block CreateBlock(LayerContext layer, MoaMetricOptions options) => new MoaBlock(layer, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, MoaMetricOptions options) =>
        MoaBlock.Parameters(shape, options).Select(parameter => parameter with { Name = $"layers.{layer}.{parameter.Name}" });

    /// <inheritdoc/>
    protected override double BlockFlops(int layer, ModelShape shape, MoaMetricOptions options) => MoaBlock.Flops(shape, options);

    /// <inheritdoc/>
    protected override long BlockStateBytes(int layer, ModelShape shape, MoaMetricOptions options) => MoaState.BytesOf(shape, options);
}
