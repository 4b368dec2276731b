using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Kernels;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="Mamba2"/>.</summary>
public sealed record Mamba2Options : ArchitectureOptions
{
    /// <summary>Inner width over that of the model: D_i = factor · d.</summary>
    [Range(0.0, 16.0, MinimumIsExclusive = true)]
    [Display(Name = "Expansion", Description = "Inner width over that of the model; published models use 2, TransBench's suite 1.")]
    public double Expand { get; init; } = 1;

    /// <summary>Width of one head, P; divides the inner width. d / H when absent.</summary>
    [Range(1, 65536)]
    [Display(Name = "Head width", Description = "Width of one head; divides the inner width. Left empty: the shape's width over its heads.")]
    public int? HeadDim { get; init; }

    /// <summary>State numbers for each channel, N.</summary>
    [Range(1, 4096)]
    [Display(Name = "State width", Description = "Numbers that the state keeps for each inner channel; published models use 128.")]
    public int State { get; init; } = 32;

    /// <summary>Groups of heads that share B and C; divides the heads.</summary>
    [Range(1, 1024)]
    [Display(Name = "Groups", Description = "Groups of heads that share what writes to (B) and reads from (C) their states; divides the inner heads.")]
    public int Groups { get; init; } = 1;

    /// <summary>Taps of the convolution, w.</summary>
    [Range(1, 8)]
    [Display(Name = "Convolution taps", Description = "Tokens that the convolution before the recurrence sees, the token itself included.", Prompt = "tokens")]
    public int ConvWidth { get; init; } = 4;

    /// <summary>Tokens in a chunk, Q.</summary>
    [Range(1, 4096)]
    [Display(Name = "Chunk", Description = "Tokens computed as one product; changes the speed, not the result.", Prompt = "tokens")]
    public int Chunk { get; init; } = 64;

    /// <summary>Lower end of the initial −A.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    [Display(Name = "Initial A, low", Description = "Lower end of the uniform draw of −A, each head's rate of forgetting.")]
    public double AMin { get; init; } = 1;

    /// <summary>Upper end of the initial −A.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    [Display(Name = "Initial A, high", Description = "Upper end of the uniform draw of −A.")]
    public double AMax { get; init; } = 16;

    /// <summary>Lower end of the initial step Δ.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    [Display(Name = "Initial step, low", Description = "Smallest initial step Δ of a head (at a zero input); drawn log-uniformly up to the high end.")]
    public double DtMin { get; init; } = 1e-3;

    /// <summary>Upper end of the initial step Δ.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    [Display(Name = "Initial step, high", Description = "Largest initial step Δ of a head (at a zero input).")]
    public double DtMax { get; init; } = 0.1;

    /// <summary>Smallest initial step Δ.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    [Display(Name = "Initial step, floor", Description = "Initial steps are drawn between low and high; one below this floor starts at the floor.")]
    public double DtFloor { get; init; } = 1e-4;

    /// <summary>Lower limit of Δ.</summary>
    [Range(0.0, 1e4)]
    [Display(Name = "Step limit, low", Description = "Steps Δ are clamped to at least this; 0 leaves them free.")]
    public double DtLimitMin { get; init; }

    /// <summary>Upper limit of Δ; none when absent.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    [Display(Name = "Step limit, high", Description = "Steps Δ are clamped to at most this. Left empty: no limit.")]
    public double? DtLimitMax { get; init; }

    /// <summary>ε of the gated norm.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [Display(Name = "Norm epsilon", Description = "Added to the mean square in the norm after the gate.")]
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Whether convolution, A and Δ start alike in all layers, as in TransBench, which copies one mixer.</summary>
    [Display(Name = "Same start in all layers", Description = "Convolution, A and step start alike in all layers, as in TransBench; else each layer draws its own.")]
    public bool CloneInit { get; init; }
}

/// <summary>
/// Mamba-2 (Dao and Gu, 2024, "Transformers are SSMs"): a state of N numbers a channel, which each token makes forget by a rate of its own, with one decay a
/// head, a short convolution before and a gate before the norm.
/// </summary>
public sealed class Mamba2 : MixerArchitecture<Mamba2Options>
{
    private const string Part = "State space";

    /// <inheritdoc/>
    public override string Id => "mamba2";

    /// <inheritdoc/>
    public override string Title => "Mamba-2";

    /// <inheritdoc/>
    public override bool HasKvHeads => false;

    /// <inheritdoc/>
    public override string Summary => "State space model whose tokens decide how much is forgotten. Constant memory while decoding.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Recurrence;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Projection and convolution", @"[\,z,\, s,\, \delta\,] = W_{in}\, u, \qquad [\,x,\, B,\, C\,] = \operatorname{SiLU}(\operatorname{conv}_w(s))",
            ("u", "normed input, [T, d]"), ("z", "gate, [D_i]"), ("x", "input of each inner head, [H_i, P]"), (@"B,\; C", "where it writes and reads, [G, N]; a group of heads shares them"),
            (@"\operatorname{conv}_w", "causal convolution of w taps, channel by channel, with a bias")),
        new(
            "Step and decay", @"\Delta_t = \operatorname{softplus}(\delta_t + b_\Delta), \qquad a_t = e^{-\Delta_t\, e^{A_{\log}}}",
            (@"\Delta_t", "step of each inner head, clamped where limits are set"), ("a_t", "what a token leaves of the state, in (0, 1)")),
        new("State", @"h_t = a_t\, h_{t-1} + \Delta_t\, x_t B_t^{\top}", ("h_t", "state of each inner head, [P, N]")),
        new("Reading", @"y_t = h_t\, C_t + D\, x_t", ("D", "what passes by the state, one number a head")),
        new("Output", @"o = W_{out} \operatorname{RMSNorm}\big(y \odot \operatorname{SiLU}(z)\big)", ("o", "[T, d]; the norm is taken over each group")),
        new(
            "The same in chunks", @"y_i = \sum_{j \le i} (C_i \cdot B_j)\, e^{c_i - c_j}\, \Delta_j x_j + e^{c_i} h_{\mathrm{in}} C_i + D\, x_i, \qquad c_i = - \sum_{k \le i} \Delta_k\, e^{A_{\log}}",
            ("h_{\\mathrm{in}}", "state before the chunk; sums run over the chunk, which training computes as products of matrices")),
        SharedEquations.Layer(@"\operatorname{SSM}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        Reading.AtArxiv(
            "2405.21060", "Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality", "Dao, Gu", 2024, "The layer, and its form in chunks."),
        Papers.FlashLinearAttention,
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } =
    [
        Preset.TransBench(
            ("architecture.expand", "1"), ("architecture.state", "32"), ("architecture.groups", "1"), ("architecture.convWidth", "4"),
            ("architecture.cloneInit", "true")),
    ];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("mamba2")
    {
        Note = "mamba2 means the real layer; what TransBench published under this name was the stand-in mamba2-stub.",
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(Mamba2Options options) => [.. BlockDiagnostics.All, .. StateDiagnostics.All, .. StateSpaceDiagnostics.All];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(Mamba2Options options) => [.. BlockDiagnostics.Points, .. StateSpaceMixer.Points(options)];

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ModelShape shape, Mamba2Options options)
    {
        var (inner, head) = (Expansion.Of(options.Expand, shape), Math.Max(1, options.HeadDim ?? shape.HeadWidth));
        if (options.HeadDim is null)
        {
            return [.. Expansion.Validate("architecture.expand", options.Expand, shape, head, $"the head width {head}"), .. GroupProblems(inner / head, options), .. Order(options)];
        }

        var whole = Expansion.Validate("architecture.expand", options.Expand, shape, 1, "1").ToArray();
        return whole.Length > 0 ? [.. whole, .. Order(options)] : inner % head != 0
            ? [NoDivisor("architecture.headDim", $"The inner width of {inner} is not a multiple of {head}.", inner, head), .. Order(options)]
            : [.. GroupProblems(inner / head, options), .. Order(options)];
    }

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, Mamba2Options options) => new StateSpaceMixer(StateSpaceShape.Of(layer.Shape, options), layer.Shape.Width, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, Mamba2Options options)
    {
        var sizes = StateSpaceShape.Of(shape, options);
        var (width, inner, heads) = (shape.Extents.Width, Extent.Of("D_i", "inner width", sizes.Inner), Extent.Of("H_i", "inner heads", sizes.Heads));
        var convolved = inner + (2 * Extent.Of("G", "groups", sizes.Groups) * Extent.Of("N", "state width", sizes.State));
        return
        [
            new("dt_bias", [heads], Part) { Initial = new Initial.Formula((ref RandomSequence draws, long _) => StepBias(draws.NextDouble(), options)) { SameInAllLayers = options.CloneInit } },
            new("A_log", [heads], Part) { Initial = new Initial.Formula((ref RandomSequence draws, long _) => Math.Log(options.AMin + (draws.NextDouble() * (options.AMax - options.AMin)))) { SameInAllLayers = options.CloneInit } },
            new("D", [heads], Part) { Initial = new Initial.Constant(1) },
            new("in_proj.weight", [inner + convolved + heads, width], Part),
            .. CausalConv.Parameters("conv", convolved, Extent.Of("w", "convolution taps", options.ConvWidth), Part, options.CloneInit),
            new("norm.weight", [inner], Part),
            new("out_proj.weight", [width, inner], Part),
        ];
    }

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, Mamba2Options options)
    {
        var sizes = StateSpaceShape.Of(shape, options);
        return (2.0 * shape.Width * (sizes.Projected + sizes.Inner)) + CausalConv.Flops(sizes.Convolved, options.ConvWidth)
            + KernelSet.ScalarRecurrenceFlops(shape.ContextLength, options.Chunk, sizes.Groups * sizes.State, sizes.Inner, sizes.State);
    }

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, Mamba2Options options)
    {
        var sizes = StateSpaceShape.Of(shape, options);
        return ((long)sizes.Inner * sizes.State * sizeof(float)) + CausalConv.StateBytes(sizes.Convolved, options.ConvWidth);
    }

    /// <summary>The bias that makes softplus give a step drawn log-uniformly: the inverse of softplus is Δ + ln(1 − e^−Δ).</summary>
    private static double StepBias(double uniform, Mamba2Options options)
    {
        var step = Math.Max(options.DtFloor, Math.Exp(Math.Log(options.DtMin) + (uniform * (Math.Log(options.DtMax) - Math.Log(options.DtMin)))));
        return step + Math.Log(1 - Math.Exp(-step));
    }

    private static IEnumerable<SpecProblem> GroupProblems(int heads, Mamba2Options options) => heads % options.Groups == 0
        ? []
        : [NoDivisor("architecture.groups", $"The {heads} inner heads are not a multiple of {options.Groups} groups.", heads, options.Groups)];

    private static IEnumerable<SpecProblem> Order(Mamba2Options options)
    {
        (string Path, double Low, double? High)[] pairs =
            [("architecture.aMax", options.AMin, options.AMax), ("architecture.dtMax", options.DtMin, options.DtMax), ("architecture.dtLimitMax", options.DtLimitMin, options.DtLimitMax)];
        return pairs.Where(pair => pair.High < pair.Low || (pair.High == pair.Low && pair.Path != "architecture.aMax"))
            .Select(pair => new SpecProblem(pair.Path, FormattableString.Invariant($"The upper end {pair.High} is not above the lower end {pair.Low}."), "Raise it, or lower the other."));
    }

    private static SpecProblem NoDivisor(string path, string reason, int whole, int asked)
    {
        var nearest = Enumerable.Range(1, whole).Where(candidate => whole % candidate == 0).MinBy(candidate => Math.Abs(candidate - asked));
        return new SpecProblem(path, reason, $"Use {nearest}.") { Fixes = [new SpecFix(path, $"{nearest}")] };
    }
}
