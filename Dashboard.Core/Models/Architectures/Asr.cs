using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Architectures;

/// <summary>Options of <see cref="Asr"/>.</summary>
public sealed record AsrOptions : ArchitectureOptions
{
    /// <summary>Standard deviation of the noise on the normalised input of attention, 0 or more; 0 leaves plain attention.</summary>
    [Range(0.0, double.PositiveInfinity)]
    [Display(Name = "Noise", Description = "Standard deviation of the noise added to the normalised input of attention while training; 0 leaves plain attention.")]
    public double NoiseStd { get; init; } = 0.3;

    /// <summary>Weight λ of the consistency loss, 0 or more. At 0 consistency is measured but not trained.</summary>
    [Range(0.0, double.PositiveInfinity)]
    [Display(Name = "Consistency weight", Description = "Weight of the consistency loss; at 0 it is measured, not trained.")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>Steps over which the weight rises from 0.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Loss warm-up", Description = "Steps over which the weight of the consistency loss rises from 0.", Prompt = "steps")]
    public int AuxWarmup { get; init; } = 200;

    /// <summary>Whether the clean output is a fixed target, so that only the noisy pass is pulled.</summary>
    [Display(Name = "Detached target", Description = "The clean output is a fixed target: only the noisy pass is pulled towards it.")]
    public bool DetachTarget { get; init; }

    /// <summary>Share of attention weights dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout", Description = "Share of attention weights dropped while training.")]
    public double Dropout { get; init; }
}

/// <summary>
/// Attentional symmetry regularisation (TransBench's model card): grouped-query attention whose outputs for the clean and for a noised input are pulled
/// together while it trains, by the mean of 1 − cos. The noised output goes no further, and a finished model is plain grouped-query attention.
/// </summary>
public sealed class Asr : MixerArchitecture<AsrOptions>
{
    /// <inheritdoc/>
    public override string Id => "asr";

    /// <inheritdoc/>
    public override string Title => "Attentional symmetry regularisation";

    /// <inheritdoc/>
    public override string Summary => "Grouped-query attention trained to answer alike to a clean and to a noised input. Evaluates as the baseline does.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Attention;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new(
            "Clean and noised pass", @"a = \operatorname{GQA}(x), \qquad \tilde a = \operatorname{GQA}(x + \varepsilon), \qquad \varepsilon \sim \mathcal{N}(0, s^2 I)",
            ("x", "normed input of attention, [T, d]"), ("s", "noise, noiseStd; the noised pass is made while training only")),
        SharedEquations.AttentionAtOnce,
        new(
            "Loss", @"\mathcal{L} = \operatorname{CE} + \lambda \operatorname*{mean}_{\ell, t} \big(1 - \cos(a_t, \tilde a_t)\big), \qquad \cos(a, b) = \frac{a \cdot b}{\max(\|a\|, 10^{-8}) \max(\|b\|, 10^{-8})}",
            (@"\lambda", "consistency weight, rising from 0 over the warm-up"), (@"a_t", "a fixed target with detachTarget"), (@"\ell", "layers")),
        new("Output", @"y = a", ("y", "the clean output, [T, d]: the noised one goes no further")),
        SharedEquations.Layer(@"\operatorname{ASR}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } = [Papers.TransBench, Papers.Gqa];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } = [Preset.TransBench()];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("asr")
    {
        Keys =
        [
            ("asr_noise_std", "noiseStd"),
            ("asr_lambda", "lambda"),
            ("aux_warmup_steps", "auxWarmup"),
        ],
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(AsrOptions options) =>
        [.. BlockDiagnostics.All, .. AttentionDiagnostics.All, .. options.NoiseStd > 0 ? AsrMixer.Metrics : []];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(AsrOptions options) => [.. BlockDiagnostics.Points, .. AttentionDiagnostics.Points];

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, AsrOptions options) => new AsrMixer(layer, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, AsrOptions options) => GroupedQueryMixer.Parameters(shape);

    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, AsrOptions options) => GroupedQueryMixer.Flops(shape);

    /// <inheritdoc/>
    protected internal override double BlockTrainingOnlyFlops(int layer, ModelShape shape, ArchitectureOptions options) =>
        ((AsrOptions)options).NoiseStd > 0 ? GroupedQueryMixer.Flops(shape) : 0; // the noised input

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, AsrOptions options) => GroupedQueryMixer.StateBytes(shape);
}

/// <summary>Grouped-query attention with the consistency loss.</summary>
internal sealed class AsrMixer : GroupedQueryMixer
{
    private const string Consistency = "consistency";
    private const string ConsistencyMean = "consistencyMean";
    private const string CentredCosine = "centredCosine";
    private const string Gain = "perturbationGain";

    private readonly AsrOptions _options;

    public AsrMixer(LayerContext layer, AsrOptions options) : base(layer, options.Dropout)
    {
        _options = options;
        RegisterComponents();
    }

    /// <summary>What it reports beside what attention does.</summary>
    public static IReadOnlyList<MetricSpec> Metrics { get; } =
    [
        .. AuxiliaryTerm.Metrics(Consistency, "Consistency loss", "Mean of 1 − cos between the outputs of attention for the clean and for the noised input."),
        .. TokenMetrics.Of(Consistency, "Inconsistency", "1 − cos between the outputs of attention for the clean and for the noised input, token by token.", MetricKind.Other, 0, 0.1),
        Layer(ConsistencyMean, "Inconsistency", "Mean of 1 − cos between the outputs for the clean and for the noised input; a large constant in the output hides differences."),
        Layer(CentredCosine, "Centred cosine", "Mean cosine of the clean and the noised output after the mean output of the batch is taken off both, so that a constant cannot hide differences."),
        Layer(Gain, "Perturbation gain", "Size of the change of the output over the size of the noise: an estimate of the norm of the Jacobian."),
    ];

    public override MixerState CreateState() => new KvCache();

    public override Tensor forward(Tensor x, ForwardContext context)
    {
        if (!context.Training || _options.NoiseStd == 0)
        {
            var output = Attend(x, context);
            Inspect(x, output, context);
            return output;
        }

        var noise = Noise(x, context);
        var outputs = Attend(cat([x, x + noise]), context).chunk(2); // [2B, T, d], then twice [B, T, d]
        var target = _options.DetachTarget ? outputs[0].detach() : outputs[0];
        context.Auxiliary.Add(new AuxiliaryTerm(Consistency, _options.Lambda, _options.AuxWarmup), (1 - Cosine(target, outputs[1])).mean());
        Write(context, outputs[0], outputs[1], noise);
        return outputs[0];
    }

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context) => Attend(x, (KvCache)state, context);

    /// <summary>Cosine of two vectors of each token; norms below 1e-8 count as 1e-8.</summary>
    /// <returns>[B, T]</returns>
    private static Tensor Cosine(Tensor a, Tensor b) => (a * b).sum(-1) / (Norm(a) * Norm(b));

    private static Tensor Norm(Tensor a) => a.norm(-1).clamp(min: 1e-8.ToScalar()); // [B, T]

    private static MetricSpec Layer(string name, string label, string help) => new(name, label, "", help) { Scope = MetricScope.Layer };

    private Tensor Noise(Tensor x, ForwardContext context) => context.Noise.Normal("asr", context.Layer, x) * _options.NoiseStd;

    /// <summary>Evaluations make the noised pass for the diagnostics alone.</summary>
    private void Inspect(Tensor x, Tensor output, ForwardContext context)
    {
        if (_options.NoiseStd > 0 && context.Diagnostics?.Takes(Consistency + TokenMetrics.Strip) == true)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var noise = Noise(x, context);
            var (query, key, value) = Project(x + noise, 0, context);
            Write(context, output, Output(context.Kernels.Attention(query, key, value), context), noise);
        }
    }

    private static void Write(ForwardContext context, Tensor clean, Tensor noised, Tensor noise)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var distance = 1 - Cosine(clean, noised); // [B, T]
        writer.Tokens(Consistency, distance);
        writer.Scalar(ConsistencyMean, distance.mean());
        writer.Scalar(CentredCosine, Cosine(clean - clean.mean([0, 1]), noised - noised.mean([0, 1])).mean());
        writer.Scalar(Gain, (clean - noised).norm() / noise.norm());
    }
}
