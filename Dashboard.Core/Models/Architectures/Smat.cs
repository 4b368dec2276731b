using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>Which of the two additions are present.</summary>
public enum SmatMode
{
    /// <summary>Similarity in the scores, and a gate that knows centrality.</summary>
    Full,

    /// <summary>Similarity in the scores only.</summary>
    [JsonStringEnumMemberName("s_only")]
    SimilarityOnly,

    /// <summary>The gate only; it knows no centrality, which needs similarity.</summary>
    [JsonStringEnumMemberName("g_only")]
    GateOnly,

    /// <summary>Neither: a plain GPT.</summary>
    Baseline,
}

/// <summary>How positions enter.</summary>
public enum SmatPosition
{
    /// <summary>Linear distance penalties, −m_h (i − j).</summary>
    Alibi,

    /// <summary>A learned score for each head and distance in each layer.</summary>
    [JsonStringEnumMemberName("rel_table")]
    RelTable,

    /// <summary>Rotary embedding of queries and keys.</summary>
    Rope,

    /// <summary>A learned vector for each position, added to the token embedding.</summary>
    [JsonStringEnumMemberName("learned_abs")]
    LearnedAbsolute,
}

/// <summary>What the sum of similarities is divided by.</summary>
public enum SmatCentralityNorm
{
    /// <summary>The number of tokens up to this one: a mean.</summary>
    Prefix,

    /// <summary>The block length, a constant.</summary>
    Block,

    /// <summary>The length of the sequence, which later tokens change: not causal.</summary>
    [JsonStringEnumMemberName("seqlen")]
    SeqLen,
}

/// <summary>How scores with similarity are computed; the numbers are the same.</summary>
public enum SmatScores
{
    /// <summary>Similarity once for all heads, added to their scores.</summary>
    Explicit,

    /// <summary>One product of queries and keys that are wider by the directions.</summary>
    Folded,
}

/// <summary>Options of <see cref="Smat"/>.</summary>
public sealed record SmatOptions : ArchitectureOptions
{
    /// <summary>Which of the two additions are present.</summary>
    [Display(Name = "Additions", Description = "full: similarity and gate; s_only: similarity in the scores only; g_only: the gate only; baseline: neither.")]
    public SmatMode Mode { get; init; }

    /// <summary>Width of the directions whose products are similarities, ds; d/2 when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Semantic width", Description = "Width of the directions that similarity compares. Left empty: half the width.")]
    public int? SemanticWidth { get; init; }

    /// <summary>How positions enter; <see cref="ModelShape.Positions"/> is not used.</summary>
    [Display(Name = "Position kind", Description = "How positions enter; this choice counts, and the shape's own choice of positions is not used.")]
    public SmatPosition Position { get; init; }

    /// <summary>Positions that rel_table and learned_abs have, and the divisor of the centrality norm block.</summary>
    [Range(1, 1048576)]
    [Display(Name = "Block length", Description = "Positions that rel_table and learned_abs can tell apart, and what the centrality norm block divides by.", Prompt = "tokens")]
    public int Block { get; init; } = 256;

    /// <summary>What the sum of similarities is divided by.</summary>
    [Display(Name = "Centrality norm", Description = "prefix: mean over the tokens so far; block: divided by the block length; seqlen: by the sequence length, which sees the future.")]
    public SmatCentralityNorm CentralityNorm { get; init; }

    /// <summary>How scores with similarity are computed.</summary>
    [Display(Name = "Score form", Description = "explicit: similarity once for all heads; folded: one wider product per head. Same numbers, other cost.")]
    public SmatScores Scores { get; init; }

    /// <summary>Initial strength of the similarity, λ.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    [Display(Name = "Initial λ", Description = "Weight of the similarity in the scores at the start; it stays positive.")]
    public double LambdaInitial { get; init; } = 0.1;

    /// <summary>Initial weight of the centrality in the gate's logit, μ.</summary>
    [Range(-1000.0, 1000.0)]
    [Display(Name = "Initial μ", Description = "Weight of the centrality in the gate's logit at the start.")]
    public double MuInitial { get; init; }

    /// <summary>Initial constant part of the gate's logit, β.</summary>
    [Range(-1000.0, 1000.0)]
    [Display(Name = "Initial β", Description = "Constant part of the gate's logit at the start; 0 opens the gate half.")]
    public double BetaInitial { get; init; }

    /// <summary>Standard deviation of the initial weights of the gate.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Gate deviation", Description = "Standard deviation of the gate's weights at the start; at 0 all tokens start with the same gate.")]
    public double GateInitialDeviation { get; init; }

    internal bool HasSimilarity => Mode is SmatMode.Full or SmatMode.SimilarityOnly;

    internal bool HasGate => Mode is SmatMode.Full or SmatMode.GateOnly;

    internal bool HasCentrality => Mode == SmatMode.Full;

    internal bool SeesTheLength => HasCentrality && CentralityNorm == SmatCentralityNorm.SeqLen;

    internal bool HasTable => Position is SmatPosition.RelTable or SmatPosition.LearnedAbsolute;

    internal Extent BlockExtent => Extent.Of("T_b", "block length", Block);

    internal int SemanticWidthOf(ModelShape shape) => SemanticWidth ?? shape.Width / 2;

    internal Extent SemanticExtentOf(ModelShape shape) => Extent.Of("d_s", "semantic width", SemanticWidthOf(shape));
}

/// <summary>
/// SMAT, semantic attention in a GPT, as its author describes it (no code is public): a learned similarity of tokens biases the scores, and a gate that knows how central a token is scales its value.
/// The author divides centrality by the length of the sequence, which lets later tokens change earlier outputs; here it is the mean over the tokens so far.
/// </summary>
public sealed class Smat : Architecture<SmatOptions>
{
    /// <inheritdoc/>
    public override string Id => "smat";

    /// <inheritdoc/>
    public override string Title => "Semantic attention (SMAT)";

    /// <inheritdoc/>
    public override string Summary => "A GPT whose scores are biased by a learned similarity of tokens and whose values are gated by how central a token is.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Attention;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new("Direction of a token", @"\hat s_i = \frac{W_s x_i}{\|W_s x_i\|}", ("x_i", "normed token i, [d]"), (@"\hat s_i", "[d_s], one for all heads")),
        new(
            "Attention weights of a head", @"P_{ij} = \operatorname*{softmax}_{j \le i} \Big(\frac{q_i \cdot k_j}{\sqrt{d_h}} + \lambda\, \hat s_i \cdot \hat s_j - m_h\, (i - j)\Big), \qquad m_h = 2^{-8 (h+1)/H}",
            (@"q_i,\; k_j", "query of head h and key of the kv head that it reads, [d_h]"), (@"\lambda", "strength of the similarity, one number a layer, above 0"), ("m_h", "penalty of head h on distance; other positions replace that term")),
        new(
            "Centrality", @"c_j = \hat s_j \cdot \frac{1}{j+1} \sum_{l \le j} \hat s_l",
            ("c_j", "mean similarity to the tokens up to j, counted from 0; with centralityNorm block or seqlen divided by those instead, and seqlen sees the future")),
        new("Gate on values", @"G_j = \sigma(w_g \cdot x_j + \mu\, c_j + \beta)", ("G_j", "one number a token, at the start 0.5"), ("w_g", "[d]")),
        new("Output", @"y_i = W_o \big[\, \textstyle\sum_{j \le i} P_{ij}\, G_j\, v_j \,\big]_{h = 1 \ldots H} + b_o", ("v_j", "value, [d_h]")),
        new(
            "Layer", @"x \leftarrow x + \operatorname{SMAT}\big(\operatorname{LN}(x)\big), \qquad x \leftarrow x + W_d \operatorname{GELU}\big(W_u \operatorname{LN}(x) + b_u\big) + b_d",
            ("x", "residual stream, [T, d]"), ("W_u", "[f, d]")),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        new("SMAT, semantic attention: a description with experiments", "its author", null, "Neither code nor paper are public; what the description leaves open is an option here."),
        new("Language Models are Unsupervised Multitask Learners", "Radford et al.", 2019, "GPT-2, the model around."),
        Reading.AtArxiv("2108.12409", "Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation", "Press, Smith, Lewis", 2022, "Linear distance penalties."),
    ];

    /// <inheritdoc/>
    public override ModelShape DefaultShape { get; } = new() { TiedHead = true };

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.Of(
            "smat-64m",
            "SMAT, 64 million parameters: d384 L24 H6, GPT-2's vocabulary",
            [
                ("shape.layers", "24"), ("shape.width", "384"), ("shape.heads", "6"), ("shape.kvHeads", "6"), ("shape.ffn", "1536"), ("shape.contextLength", "256"),
                ("shape.vocabulary", "50257"), ("shape.bias", "true"), ("shape.tiedHead", "true"), ("architecture.semanticWidth", "192"), ("architecture.block", "256"),
            ]),
    ];

    /// <inheritdoc/>
    protected internal override Backbone BackboneOf(ModelShape shape, ArchitectureOptions options) => new(1e-5, HeadBias: false, shape.TiedHead, shape.InitialDeviation, NormKind.Layer);

    /// <inheritdoc/>
    protected internal override Rope? CreateRope(ModelShape shape, ArchitectureOptions options) =>
        ((SmatOptions)options).Position == SmatPosition.Rope ? new Rope(shape.HeadWidth, shape.RopeBase) : null;

    /// <inheritdoc/>
    protected internal override Prelude? CreatePrelude(ModelShape shape, ArchitectureOptions options) =>
        options is SmatOptions { Position: SmatPosition.LearnedAbsolute } smat ? new LearnedPositions(smat.Block, shape.Width) : null;

    /// <inheritdoc/>
    protected internal override IEnumerable<ParameterShape> PreludeParameters(ModelShape shape, ArchitectureOptions options) =>
        options is SmatOptions { Position: SmatPosition.LearnedAbsolute } smat ? LearnedPositions.Parameters(smat.BlockExtent, shape.Extents.Width) : [];

    /// <inheritdoc/>
    protected override bool IsCausal(SmatOptions options) => !options.SeesTheLength;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, SmatOptions options)
    {
        if (options.HasTable && shape.ContextLength > options.Block)
        {
            yield return new SpecProblem(
                "architecture.block", $"{options.Block} learned positions are fewer than the context of {shape.ContextLength} tokens.",
                $"Use {shape.ContextLength} or more, a shorter context, or position alibi or rope.")
            {
                Fixes = [new SpecFix("architecture.block", $"{shape.ContextLength}"), new SpecFix("architecture.position", "alibi")],
            };
        }

        if (options.Position == SmatPosition.Rope && shape.Width % shape.Heads == 0 && shape.HeadWidth % 2 != 0)
        {
            yield return new SpecProblem(
                "architecture.position", $"Rotary positions need an even head width; {shape.Width} / {shape.Heads} is {shape.HeadWidth}.", "Change width or heads, or use position alibi.")
            {
                Fixes = [new SpecFix("architecture.position", "alibi")],
            };
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(SmatOptions options) =>
    [
        .. BlockDiagnostics.All,
        .. AttentionDiagnostics.All,
        .. options.HasSimilarity ? SemanticDiagnostics.OfSimilarity(options.LambdaInitial) : [],
        .. options.HasCentrality ? SemanticDiagnostics.OfCentrality(options.MuInitial) : [],
        .. options.HasGate ? SemanticDiagnostics.OfGate(options.BetaInitial) : [],
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(SmatOptions options)
    {
        List<AblationPoint> points = [.. BlockDiagnostics.Points, .. AttentionDiagnostics.Points];
        if (options.HasSimilarity)
        {
            points.Add(new(SemanticAttention.Lambda, "Strength λ of the similarity in the scores; 0 leaves similarity in the gate alone."));
            points.Add(new(SemanticAttention.Directions, "Directions of tokens; 0 removes similarity from scores and gate.") { Weights = ["attn.semantic.weight"] });
        }

        if (options.HasCentrality)
        {
            points.Add(new(SemanticAttention.Centrality, "Centrality of tokens in the gate; 0 is as μ = 0."));
        }

        if (options.HasGate)
        {
            points.Add(new(SemanticAttention.Gate, "Gate on values; its mean keeps the scale and removes the choice, 1 removes the scale as well.") { Weights = ["attn.gate.weight"] });
        }

        return points;
    }

    /// <inheritdoc/>
    protected override Block CreateBlock(LayerContext layer, SmatOptions options) => GptBlock.Create(layer, new SemanticAttention(layer, options));

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> BlockParameters(int layer, ModelShape shape, SmatOptions options) =>
        GptBlock.Parameters(layer, shape, BackboneOf(shape, options), SemanticAttention.Parameters(shape, options));

    /// <inheritdoc/>
    protected override double BlockFlops(int layer, ModelShape shape, SmatOptions options)
    {
        var (width, semantic) = ((double)shape.Width, (double)options.SemanticWidthOf(shape));
        var flops = GroupedQueryMixer.Flops(shape) + GeluMlp.Flops(shape.Width, shape.Ffn);
        flops += options.HasSimilarity ? 2 * width * semantic : 0;
        flops += (shape.ContextLength + 1) * options.Scores switch
        {
            SmatScores.Explicit => options.HasSimilarity ? semantic : 0,
            _ => shape.Heads * ((options.HasSimilarity ? semantic : 0) + (options.Position == SmatPosition.Alibi ? 1 : 0)),
        };
        return flops + (options.HasCentrality ? 2 * semantic : 0) + (options.HasGate ? 2 * width : 0);
    }

    /// <inheritdoc/>
    protected override long BlockStateBytes(int layer, ModelShape shape, SmatOptions options)
    {
        var directions = options.HasSimilarity ? shape.ContextLength : 0;
        var sum = options.HasCentrality ? 1 : 0;
        return GroupedQueryMixer.StateBytes(shape) + ((directions + sum) * (long)sizeof(float) * options.SemanticWidthOf(shape));
    }
}
