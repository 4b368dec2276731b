using System.ComponentModel.DataAnnotations;
using Crossbench.Metrics;
using Crossbench.Models.Parts;

namespace Crossbench.Models.Architectures;

/// <summary>What the regulariser of the rule distribution π rewards.</summary>
public enum RuleEntropy
{
    /// <summary>Entropy of each token's π, as TransBench: pushes every token towards the uniform distribution.</summary>
    Token,

    /// <summary>Entropy of the mean π of the batch: all rules are used.</summary>
    Marginal,

    /// <summary>Entropy of the mean minus mean entropy: all rules are used, and each token is sure of its own.</summary>
    Mi,
}

/// <summary>How a rule is picked in evaluations.</summary>
public enum RulePick
{
    /// <summary>The most probable rule.</summary>
    Argmax,

    /// <summary>A rule drawn with Gumbel noise, as TransBench: evaluations are then random in the noise.</summary>
    Gumbel,
}

/// <summary>Options of <see cref="Sil"/>.</summary>
public sealed record SilOptions : ArchitectureOptions
{
    /// <summary>Number of rules R, 2 or more.</summary>
    [Range(2, 1048576)]
    [Display(Name = "Rules", Description = "Number of rules that a token can pick.")]
    public int Rules { get; init; } = 32;

    /// <summary>Temperature τ at the first step, above 0.</summary>
    [Range(0.0, double.PositiveInfinity, MinimumIsExclusive = true)]
    [Display(Name = "First temperature", Description = "Temperature of the rule distribution at the first step.")]
    public double Tau0 { get; init; } = 1;

    /// <summary>Temperature at the last step, reached linearly; constant when absent.</summary>
    [Range(0.0, double.PositiveInfinity, MinimumIsExclusive = true)]
    [Display(Name = "Last temperature", Description = "Temperature at the last step, reached linearly. Left empty: the first one stays.")]
    public double? TauFinal { get; init; } = 0.1;

    /// <summary>Whether training picks one rule a token, with the gradient of the soft mixture (straight-through; Jang et al., 2017).</summary>
    [Display(Name = "Hard training", Description = "Training picks one rule a token, with the gradient of the soft mixture.")]
    public bool HardTrain { get; init; }

    /// <summary>Whether evaluation picks one rule a token; else it mixes all.</summary>
    [Display(Name = "Hard evaluation", Description = "Evaluation picks one rule a token; else it mixes all.")]
    public bool HardEval { get; init; } = true;

    /// <summary>How evaluations pick.</summary>
    [Display(Name = "Pick in evaluation", Description = "The most probable rule, or one drawn with Gumbel noise (as TransBench, so that evaluations are random).")]
    public RulePick EvalSampling { get; init; }

    /// <summary>What the regulariser rewards.</summary>
    [Display(Name = "Entropy reward", Description = "What is rewarded. token: entropy of each token's rules; marginal: entropy of the rules of the whole batch; mi: marginal less token, the information that a token gives about its rule.")]
    public RuleEntropy EntropyMode { get; init; }

    /// <summary>Weight λ of the regulariser, 0 or more.</summary>
    [Range(0.0, double.PositiveInfinity)]
    [Display(Name = "Entropy weight", Description = "Weight of the entropy reward; at 0 it is measured, not trained.")]
    public double Lambda { get; init; } = 0.005;

    /// <summary>Steps over which the weight rises from 0.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Entropy warm-up", Description = "Steps over which the weight of the entropy reward rises from 0.", Prompt = "steps")]
    public int AuxWarmup { get; init; } = 200;

    /// <summary>Share of attention weights dropped while training.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    [Display(Name = "Dropout", Description = "Share of attention weights dropped while training.")]
    public double Dropout { get; init; }

    /// <summary>Whether the gates of all layers start from the same weights, as in TransBench, which copies one mixer into all layers.</summary>
    [Display(Name = "Same gates at start", Description = "The gates of all layers start from the same weights, as in TransBench.")]
    public bool CloneInit { get; init; }
}

/// <summary>
/// Stochastic induction layer (TransBench's model card): beside attention, each token picks one of R discrete rules by Gumbel-softmax (Jang et al., 2017;
/// Maddison et al., 2017); the rule's vector u enters the output through a learned gate: y = a + α·u.
/// </summary>
/// <remarks>
/// Parameters: <c>rule_in</c> gives the logits of the rules, <c>rule_out</c> and <c>rule_norm</c> their vectors, <c>rule_gate</c> the gate α, which starts at
/// σ(−1) = 0.269.
/// </remarks>
public sealed class Sil : MixerArchitecture<SilOptions>
{
    /// <inheritdoc/>
    public override string Id => "sil";

    /// <inheritdoc/>
    public override string Title => "Stochastic induction layer";

    /// <inheritdoc/>
    public override string Summary => "Grouped-query attention and, beside it, a discrete rule that each token picks and a gate lets in.";

    /// <inheritdoc/>
    public override ArchitectureFamily Family => ArchitectureFamily.Hybrid;

    /// <inheritdoc/>
    public override IReadOnlyList<Equation> Equations { get; } =
    [
        new("Logits of the rules", @"\ell_t = W_e x_t + b_e", ("x_t", "normed token t, [d]"), (@"\ell_t", "a logit for each rule, [R]")),
        new(
            "Choice", @"z_t = \operatorname{softmax}\Big(\frac{\ell_t + G_t}{\tau}\Big), \qquad G_t \sim \operatorname{Gumbel}(0, 1)",
            ("z_t", "weights of the rules, [R]; one-hot at the largest where the choice is hard, as in evaluation, which by default adds no noise"), (@"\tau", "temperature, linear from the first to the last over the run")),
        new(
            "Rule path", @"u_t = \operatorname{LayerNorm}(W_r z_t + b_r), \qquad \alpha_t = \sigma(w_\alpha \cdot x_t + b_\alpha)",
            ("u_t", "vector of the rule, [d]"), (@"\alpha_t", "gate, one number a token, at the start 0.269")),
        new("Output", @"y_t = \operatorname{GQA}(x)_t + \alpha_t\, u_t", ("y_t", "[d]")),
        SharedEquations.AttentionAtOnce,
        new(
            "Loss", @"\mathcal{L} = \operatorname{CE} - \lambda \operatorname*{mean}_{\ell, t} \Big(- \sum_{r=1}^{R} \pi_{t,r} \ln \pi_{t,r}\Big), \qquad \pi_t = \operatorname{softmax}(\ell_t / \tau)",
            (@"\pi_t", "rule distribution without noise, [R]"), (@"\lambda", "entropy weight; with entropyMode marginal or mi the entropy of the mean π is rewarded")),
        SharedEquations.Layer(@"\operatorname{SIL}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Reading> Readings { get; } =
    [
        Papers.TransBench,
        Reading.AtArxiv("1611.01144", "Categorical Reparameterization with Gumbel-Softmax", "Jang, Gu, Poole", 2017, "The soft choice, and the hard one with its gradient."),
        Reading.AtArxiv("1611.00712", "The Concrete Distribution: A Continuous Relaxation of Discrete Random Variables", "Maddison, Mnih, Teh", 2017, "The same choice, found independently."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Preset> Presets { get; } = [Preset.TransBench(("architecture.evalSampling", "gumbel"), ("architecture.cloneInit", "true"))];

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("sil")
    {
        Keys =
        [
            ("sil_num_latent_rules", "rules"),
            ("sil_temperature", "tau0"),
            ("sil_temperature_final", "tauFinal"),
            ("sil_hard_train", "hardTrain"),
            ("sil_hard_eval", "hardEval"),
            ("sil_lambda", "lambda"),
            ("aux_warmup_steps", "auxWarmup"),
        ],
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<MetricSpec> Diagnostics(SilOptions options) => [.. BlockDiagnostics.All, .. AttentionDiagnostics.All, .. RuleDiagnostics.All];

    /// <inheritdoc/>
    protected override IReadOnlyList<AblationPoint> AblationPoints(SilOptions options) =>
    [
        .. BlockDiagnostics.Points, .. AttentionDiagnostics.Points,
        new(RuleMixer.Gate, "Gate of the rule path, one number a token: 0 takes the rules away, 1 lets them in fully.") { Weights = ["attn.rule_gate.weight"] },
        new(RuleMixer.Rule, "Weights of the rules for each token: one rule, or a mixture.") { Weights = ["attn.rule_in.weight"] },
    ];

    /// <inheritdoc/>
    protected override TokenMixer CreateMixer(LayerContext layer, SilOptions options) => new RuleMixer(layer, options);

    /// <inheritdoc/>
    protected override IEnumerable<ParameterShape> MixerParameters(int layer, ModelShape shape, SilOptions options)
    {
        const string Part = "Rules";
        var (width, rules) = (shape.Extents.Width, Extent.Of("R", "rules", options.Rules));
        return
        [
            new("rule_in.weight", [rules, width], Part),
            new("rule_in.bias", [rules], Part),
            new("rule_out.weight", [width, rules], Part),
            new("rule_out.bias", [width], Part),
            new("rule_norm.weight", [width], Part),
            new("rule_norm.bias", [width], Part),
            new("rule_gate.weight", [1, width], Part) { Initial = new Initial.Normal(0.02) { SameInAllLayers = options.CloneInit } },
            new("rule_gate.bias", [1], Part) { Initial = new Initial.Constant(-1) },
            .. GroupedQueryMixer.Parameters(shape),
        ];
    }

    /// <summary>A picked rule's vector is looked up: only the logits and the gate are products.</summary>
    /// <inheritdoc/>
    protected override double MixerFlops(int layer, ModelShape shape, SilOptions options) =>
        GroupedQueryMixer.Flops(shape) + (2.0 * shape.Width * options.Rules * (options.HardEval ? 1 : 2)) + (2.0 * shape.Width);

    /// <inheritdoc/>
    protected internal override double BlockTrainingOnlyFlops(int layer, ModelShape shape, ArchitectureOptions options) =>
        options is SilOptions { HardEval: true } own ? 2.0 * shape.Width * own.Rules : 0; // a product where evaluation looks one rule up

    /// <inheritdoc/>
    protected override long MixerStateBytes(int layer, ModelShape shape, SilOptions options) => GroupedQueryMixer.StateBytes(shape);
}
