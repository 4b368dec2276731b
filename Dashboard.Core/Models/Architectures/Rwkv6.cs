using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Crossbench.Metrics;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>How the weights of <see cref="Rwkv6"/> that say what is remembered start.</summary>
public enum RwkvInit
{
    /// <summary>As RWKV's own training code: memories of different length over channels, blends that differ with depth.</summary>
    Official,

    /// <summary>As TransBench trains: every matrix N(0, 0.02²), every bias and blend 0, so that each channel starts with a decay of e^−1 a token.</summary>
    [JsonStringEnumMemberName("transbench")]
    TransBench,
}

/// <summary>Options of <see cref="Rwkv6"/>.</summary>
public sealed record Rwkv6Options : ArchitectureOptions
{
    /// <summary>Width of all keys over that of the model: dk = factor · d.</summary>
    [Range(0.0, 16.0, MinimumIsExclusive = true)]
    [Display(Name = "Key expansion", Description = "Width of all keys over that of the model; must be a multiple of the heads.")]
    public double ExpandKey { get; init; } = 0.5;

    /// <summary>Width of all values over that of the model: dv = factor · d.</summary>
    [Range(0.0, 16.0, MinimumIsExclusive = true)]
    [Display(Name = "Value expansion", Description = "Width of all values over that of the model; the public implementation's own default is 1.")]
    public double ExpandValue { get; init; } = 0.5;

    /// <summary>Rank of the blends with the token before, r; d / 4 when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Blend rank", Description = "Rank of the data-dependent blends with the token before. Left empty: a quarter of the width.")]
    public int? MixRank { get; init; }

    /// <summary>Rank of the data-dependent decay, rg; d / 4 when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Decay rank", Description = "Rank of the data-dependent decay. Left empty: a quarter of the width.")]
    public int? DecayRank { get; init; }

    /// <summary>Tokens in a chunk, a multiple of the sub-chunk.</summary>
    [Range(1, 4096)]
    [Display(Name = "Chunk", Description = "Tokens computed together, a multiple of the sub-chunk; changes the speed, not the result.", Prompt = "tokens")]
    public int Chunk { get; init; } = 32;

    /// <summary>Tokens in a sub-chunk.</summary>
    [Range(1, 256)]
    [Display(Name = "Sub-chunk", Description = "Tokens whose decays are compared channel by channel; changes speed and memory, not the result.", Prompt = "tokens")]
    public int SubChunk { get; init; } = 16;

    /// <summary>ε of the norm of each head.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Norm epsilon", Description = "Added to the variance in the norm of each head.")]
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>How decays, blends and bonus start.</summary>
    [Display(Name = "Initial weights", Description = "RWKV's own start, or TransBench's, which makes every memory one token long.")]
    public RwkvInit Init { get; init; }
}

/// <summary>
/// RWKV-6 "Finch" time mixing (Peng et al., 2024) with a SwiGLU network: linear attention whose every channel forgets at a rate that the data sets, blends
/// with the token before, and a bonus for the token itself.
/// </summary>
public sealed class Rwkv6 : MixerArchitecture<Rwkv6Options>
{
    private const string Part = "Time mixing";

    /// <inheritdoc/>
    public override string Id => "rwkv6";

    /// <inheritdoc/>
    public override string Title => "RWKV-6";

    /// <inheritdoc/>
    public override bool HasKvHeads => false;

    /// <inheritdoc/>
    public override string Summary => "Linear attention whose channels each forget at a rate that the data sets. Constant memory while decoding.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Recurrence;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Token shift", @"\delta_t = x_{t-1} - x_t, \qquad [\,a^r, a^w, a^k, a^v, a^g\,]_t = \tanh\big(W_1 (x_t + \delta_t \odot \mu)\big)",
            ("x_t", "normed token t, [d]; nothing before the first"), ("a^n", "five narrow vectors, [r] each"), (@"\mu", "[d]")),
        new("Blends with the token before", @"x_t^n = x_t + \delta_t \odot (W_2^n a_t^n + \beta^n), \qquad n \in \{r, w, k, v, g\}", (@"\beta^n", "[d]")),
        new(
            "Receptance, key, value, gate", @"r_t = W_r x_t^r, \quad k_t = W_k x_t^k, \quad v_t = W_v x_t^v, \quad g_t = W_g x_t^g",
            (@"r_t,\; k_t", "[H, d_k/H]"), (@"v_t", "[H, d_v/H]"), ("g_t", "[d_v]")),
        new("Decay", @"\lambda_t = - \exp\big(W_{w2} \tanh(W_{w1} x_t^w) + b_w\big)", (@"\lambda_t", "logarithm of what is left of the state, of each key channel, at most 0")),
        new("Reading", @"o_t = r_t \big(S_{t-1} + \operatorname{diag}(u)\, k_t^{\top} v_t\big)", ("u", "weight with which a token reads itself, [H, d_k/H]"), ("o_t", "[H, d_v/H]")),
        new("State", @"S_t = \operatorname{diag}(e^{\lambda_t})\, S_{t-1} + k_t^{\top} v_t", ("S_t", "state of each head, [d_k/H, d_v/H]")),
        new("Output", @"y_t = W_o \big(\operatorname{GroupNorm}_H(o_t) \odot \operatorname{SiLU}(g_t)\big)", ("y_t", "[d]; each head is normed by itself")),
        SharedEquations.Layer(@"\operatorname{TimeMix}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        Reading.AtArxiv("2404.05892", "Eagle and Finch: RWKV with Matrix-Valued States and Dynamic Recurrence", "Peng et al.", 2024, "Finch is this time mixing; its own channel mixing is SwiGLU here."),
        Papers.FlashLinearAttention,
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.TransBench(
            ("architecture.expandKey", "0.5"), ("architecture.expandValue", "0.5"), ("architecture.mixRank", "64"), ("architecture.decayRank", "64"),
            ("architecture.init", "transbench")),
    ];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("rwkv6")
    {
        Note = "rwkv6 means the real layer; what TransBench published under this name was the stand-in rwkv6-stub.",
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(Rwkv6Options options) => [.. BlockDiagnostics.All, .. StateDiagnostics.All, .. TimeMixer.Metrics];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(Rwkv6Options options) => [.. BlockDiagnostics.Points, .. TimeMixer.Points];

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, Rwkv6Options options)
    {
        var nearest = Math.Max(1, (int)Math.Round((double)options.Chunk / options.SubChunk)) * options.SubChunk;
        return
        [
            .. Expansion.Validate("architecture.expandKey", options.ExpandKey, shape, shape.Heads, $"the {shape.Heads} heads"),
            .. Expansion.Validate("architecture.expandValue", options.ExpandValue, shape, shape.Heads, $"the {shape.Heads} heads"),
            .. options.Chunk % options.SubChunk == 0 ? Array.Empty<SpecProblem>() :
            [
                new SpecProblem("architecture.chunk", $"A chunk of {options.Chunk} is not a multiple of the sub-chunk of {options.SubChunk}.", $"Use {nearest}.")
                {
                    Fixes = [new SpecFix("architecture.chunk", $"{nearest}")],
                },
            ],
        ];
    }

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, Rwkv6Options options) => new TimeMixer(TimeMixShape.Of(layer.Shape, options), options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, Rwkv6Options options)
    {
        var sizes = TimeMixShape.Of(shape, options);
        var (width, keys, values) = (shape.Extents.Width, Extent.Of("d_k", "width of all keys", sizes.Keys), Extent.Of("d_v", "width of all values", sizes.Values));
        var decayRank = Extent.Of("r_g", "decay rank", sizes.DecayRank);
        var isOfficial = options.Init == RwkvInit.Official;
        var depth = shape.Layers > 1 ? (double)layer / (shape.Layers - 1) : 0;
        return
        [
            new("u", [shape.Extents.Heads, Extent.Of("k_h", "width of a head's keys, d_k/H", sizes.Keys / sizes.Heads)], Part)
            {
                Decays = false,
                Initial = isOfficial ? new Initial.Formula((ref RandomSequence _, long i) => (depth * (1 - Place(i, sizes.Keys))) + ((((i + 1) % 3) - 1) * 0.1)) : new Initial.Constant(0),
            },
            .. TokenShiftMix.Parameters(layer, shape, sizes.MixRank, options.Init, Part),
            new("r.weight", [keys, width], Part),
            new("k.weight", [keys, width], Part),
            new("v.weight", [values, width], Part),
            new("g.weight", [values, width], Part),
            new("decay.w1.weight", [decayRank, width], Part) { Initial = isOfficial ? new Initial.Constant(0) : null },
            new("decay.w2.weight", [keys, decayRank], Part) { Initial = isOfficial ? new Initial.Uniform(-0.01, 0.01) : null },
            new("decay.w2.bias", [keys], Part)
            {
                Initial = isOfficial ? new Initial.Formula((ref RandomSequence _, long i) => -6 + (5 * Math.Pow(Place(i, sizes.Keys), 0.7 + (1.3 * depth)))) : new Initial.Constant(0),
            },
            new("norm.weight", [values], Part),
            new("norm.bias", [values], Part),
            new("o.weight", [width, values], Part),
        ];
    }

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, Rwkv6Options options)
    {
        var sizes = TimeMixShape.Of(shape, options);
        double width = shape.Width, keys = sizes.Keys, values = sizes.Values;
        return TokenShiftMix.Flops(width, sizes.MixRank)
            + (2 * ((2 * width * keys) + (3 * width * values) + (width * sizes.DecayRank) + (sizes.DecayRank * keys)))
            + KernelSet.VectorRecurrenceFlops(shape.ContextLength, options.Chunk, options.SubChunk, keys, values, keys / sizes.Heads);
    }

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, Rwkv6Options options)
    {
        var sizes = TimeMixShape.Of(shape, options);
        return (((long)sizes.Keys / sizes.Heads * sizes.Values) + shape.Width) * sizeof(float);
    }

    /// <summary>Place of a channel from 0, the first, to 1, the last.</summary>
    private static double Place(long channel, int channels) => channels > 1 ? (double)channel / (channels - 1) : 0;
}
