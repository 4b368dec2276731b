using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>How the positional part of queries and keys is turned.</summary>
public enum LatentRope
{
    /// <summary>Neighbouring numbers are a pair, as in DeepSeek-V2.</summary>
    Interleaved,

    /// <summary>Not at all, as TransBench: the positional part is then one more key that all heads share.</summary>
    None,
}

/// <summary>Options of <see cref="Mhla"/>. Widths left empty follow from the shape.</summary>
public sealed record MhlaOptions : ArchitectureOptions
{
    /// <summary>Width r_q of the latent of queries; d/2 when absent.</summary>
    [Range(1, 1048576)]
    [Display(Name = "Query rank", Description = "Width of the latent that queries are made from. Left empty: half the width.")]
    public int? QueryRank { get; init; }

    /// <summary>Width r_kv of the latent of keys and values, which is cached; d/4 when absent.</summary>
    [Range(1, 1048576)]
    [Display(Name = "KV rank", Description = "Width of the latent that keys and values are made from, and that is cached. Left empty: a quarter of the width.")]
    public int? KvRank { get; init; }

    /// <summary>Width n of a head's part without positions; max(d/H, 64) when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Content width", Description = "Width of a head's queries and keys without positions. Left empty: the head width, at least 64.")]
    public int? NopeWidth { get; init; }

    /// <summary>Width p of the positional part, whose key all heads share; max(d/(2H), 32) when absent. Even where it is turned.</summary>
    [Range(1, 65536)]
    [Display(Name = "Position width", Description = "Width of the positional part of queries and keys. Left empty: half the head width, at least 32.")]
    public int? RopeWidth { get; init; }

    /// <summary>Width v of a head's values; d/H when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Value width", Description = "Width of a head's values. Left empty: the head width.")]
    public int? ValueWidth { get; init; }

    /// <summary>How the positional part is turned.</summary>
    [Display(Name = "Rotation", Description = "How the positional part is turned; with positions set to none nothing is turned.")]
    public LatentRope RopeMode { get; init; }

    /// <summary>Share of attention weights dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout", Description = "Share of attention weights dropped while training.")]
    public double Dropout { get; init; }

    /// <summary>Share of the output's numbers dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Output dropout", Description = "Share of the output's numbers dropped while training.")]
    public double OutputDropout { get; init; }

    /// <summary>The widths on a shape.</summary>
    internal LatentWidths On(ModelShape shape) => new(
        QueryRank ?? (shape.Width / 2),
        KvRank ?? (shape.Width / 4),
        NopeWidth ?? Math.Max(shape.HeadWidth, 64),
        RopeWidth ?? Math.Max(shape.Width / (2 * shape.Heads), 32),
        ValueWidth ?? shape.HeadWidth);

    /// <summary>Whether the positional part is turned.</summary>
    internal bool IsTurned(ModelShape shape) => shape.Positions == PositionEncoding.Rope && RopeMode == LatentRope.Interleaved;
}

/// <summary>
/// Multi-head latent attention (DeepSeek-V2, 2024; TransBench's MHLA): queries, and keys and values, are made from narrow latents; decoding keeps the latent
/// of keys and values and one positional key for all heads. The number of kv heads and biases of the shape do not apply to it.
/// </summary>
/// <remarks>
/// Parameters, in the letters of the paper: <c>q_down</c> W_DQ (r_q × d), <c>q_norm</c>, <c>q_up</c> W_UQ (Hn × r_q), <c>q_rope</c> W_QR (Hp × r_q),
/// <c>kv_down</c> W_DKV (r_kv × d), <c>kv_norm</c>, <c>k_up</c> W_UK (Hn × r_kv), <c>v_up</c> W_UV (Hv × r_kv), <c>k_rope</c> W_KR (p × d),
/// <c>o</c> W_O (d × Hv). In Hugging Face's files <c>q_b_proj</c> holds q_up and q_rope head by head as [n; p], <c>kv_a_proj_with_mqa</c> holds
/// [kv_down; k_rope], and <c>kv_b_proj</c> holds k_up and v_up head by head as [n; v].
/// </remarks>
public sealed class Mhla : MixerArchitecture<MhlaOptions>
{
    /// <inheritdoc/>
    public override string Id => "mhla";

    /// <inheritdoc/>
    public override string Title => "Multi-head latent attention";

    /// <inheritdoc/>
    public override bool HasKvHeads => false;

    /// <inheritdoc/>
    public override string Summary => "Queries, keys and values are made from narrow latents; decoding caches the latent alone.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Attention;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Latents", @"c_i^q = \operatorname{RMSNorm}(W_{DQ}\, x_i), \qquad c_i = \operatorname{RMSNorm}(W_{DKV}\, x_i)",
            ("x_i", "normed token i, [d]"), ("c_i^q", "latent of queries, [r_q]"), ("c_i", "latent of keys and values, [r_kv]")),
        new(
            "Queries, keys and values", @"q_i^n = W_{UQ}\, c_i^q, \quad q_i^r = \rho_i(W_{QR}\, c_i^q), \qquad k_j^n = W_{UK}\, c_j, \quad v_j = W_{UV}\, c_j, \qquad k_j^r = \rho_j(W_{KR}\, x_j)",
            (@"q_i^n,\; k_j^n", "content part of each head, [n]"), ("q_i^r", "positional part of each head, [p]"), ("k_j^r", "positional key that all heads share, [p]"), ("v_j", "values of each head, [v]"),
            (@"\rho_i", "rotation of neighbouring pairs by position i; nothing with ropeMode none or positions none")),
        new(
            "Attention weights of a head", @"P_{ij} = \operatorname*{softmax}_{j \le i} \frac{q_i^n \cdot k_j^n + q_i^r \cdot k_j^r}{\sqrt{n + p}}",
            ("P", "[T, T], 0 for later tokens")),
        new("Output", @"y_i = W_O \big[\, \textstyle\sum_{j \le i} P_{ij}\, v_j \,\big]_{h = 1 \ldots H}", ("y_i", "output, [d]; the H heads stand side by side")),
        new(
            "Decoding, with the projections absorbed", @"q_i^n \cdot k_j^n = (W_{UK}^{\top} q_i^n) \cdot c_j, \qquad \textstyle\sum_j P_{ij}\, v_j = W_{UV} \sum_j P_{ij}\, c_j",
            (@"c_j,\; k_j^r", "all that is cached of a token, r_kv + p numbers")),
        SharedEquations.Layer(@"\operatorname{MHLA}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        Reading.AtArxiv("2405.04434", "DeepSeek-V2: A Strong, Economical, and Efficient Mixture-of-Experts Language Model", "DeepSeek-AI", 2024, "Latent attention, and how it decodes from latents alone."),
        Papers.TransBench,
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } = [Preset.TransBench(("architecture.ropeMode", "none"))];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("mhla", "mla");

    /// <summary>Positions are turned by the mixers themselves, in pairs of their own.</summary>
    /// <inheritdoc/>
    protected internal override Rope? CreateRope(ModelShape shape, ArchitectureOptions options) => null;

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(MhlaOptions options) => [.. BlockDiagnostics.All, .. AttentionDiagnostics.All, .. LatentDiagnostics.All];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(MhlaOptions options) =>
    [
        .. BlockDiagnostics.Points, .. AttentionDiagnostics.Points,
        new(LatentAttention.Latent, "Latent of keys and values, one vector a token.") { Weights = ["attn.kv_down.weight"] },
        new(LatentAttention.PositionKey, "Positional key that all heads share, before it is turned: 0 takes the positional part out of the scores.") { Weights = ["attn.k_rope.weight"] },
    ];

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, MhlaOptions options)
    {
        var width = options.On(shape).Rope;
        if (options.IsTurned(shape) && width % 2 != 0)
        {
            yield return new SpecProblem("architecture.ropeWidth", $"Pairs are turned, so the position width has to be even; it is {width}.", "Give an even one, or set the rotation to none.")
            {
                Fixes = [new SpecFix("architecture.ropeWidth", $"{width + 1}"), new SpecFix("architecture.ropeMode", "none")],
            };
        }
    }

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, MhlaOptions options) => new LatentAttention(layer, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, MhlaOptions options)
    {
        const string Part = "Attention";
        var widths = options.On(shape);
        var (queryRank, kvRank) = (Extent.Of("r_q", "rank of queries", widths.QueryRank), Extent.Of("r_kv", "rank of keys and values", widths.KvRank));
        var (nope, rope, value) = (Extent.Of("n", "content width", widths.Nope), Extent.Of("p", "position width", widths.Rope), Extent.Of("v", "value width", widths.Value));
        var (width, heads) = (shape.Extents.Width, shape.Extents.Heads);
        return
        [
            new("q_down.weight", [queryRank, width], Part),
            new("q_norm.weight", [queryRank], "Norms"),
            new("q_up.weight", [heads * nope, queryRank], Part),
            new("q_rope.weight", [heads * rope, queryRank], Part),
            new("kv_down.weight", [kvRank, width], Part),
            new("kv_norm.weight", [kvRank], "Norms"),
            new("k_up.weight", [heads * nope, kvRank], Part),
            new("v_up.weight", [heads * value, kvRank], Part),
            new("k_rope.weight", [rope, width], Part),
            new("o.weight", [width, heads * value], Part),
        ];
    }

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, MhlaOptions options)
    {
        var (queryRank, kvRank, nope, rope, value) = options.On(shape);
        var (width, heads) = ((double)shape.Width, shape.Heads);
        var products = (width * queryRank) + (queryRank * heads * (nope + rope)) + (width * kvRank) + (kvRank * heads * (nope + value)) + (width * rope) + (heads * value * width);
        return (2 * products) + ((shape.ContextLength + 1.0) * heads * (nope + rope + value));
    }

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, MhlaOptions options) =>
        (long)(options.On(shape).KvRank + options.On(shape).Rope) * sizeof(float) * shape.ContextLength;
}
