using Crossbench.Models.Architectures;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>
/// Grouped-query attention a and a path of discrete rules beside it: logits ℓ = W_e x + b_e, choice z ∈ ΔR, u = LN(W_r z + b_r), gate α = σ(w_α x + b_α),
/// y = a + α·u.
/// </summary>
internal sealed class RuleMixer : GroupedQueryMixer
{
    /// <summary>The ablation point of α.</summary>
    public const string Gate = "gate";

    /// <summary>The ablation point of z.</summary>
    public const string Rule = "rule";

    private const double LowestTemperature = 1e-6;

    [ComponentName(Name = "rule_in")]
    private readonly Linear _in;

    [ComponentName(Name = "rule_out")]
    private readonly Linear _out;

    [ComponentName(Name = "rule_norm")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "rule_gate")]
    private readonly Linear _gate;

    private readonly SilOptions _options;

    public RuleMixer(LayerContext layer, SilOptions options) : base(layer, options.Dropout)
    {
        _options = options;
        _in = Linear(Shape.Width, options.Rules);
        _out = Linear(options.Rules, Shape.Width);
        _norm = new LayerNorm(Shape.Width, 1e-5);
        _gate = Linear(Shape.Width, 1);
        RegisterComponents();
    }

    public override MixerState CreateState() => new KvCache();

    public override Tensor forward(Tensor x, ForwardContext context) => WithRules(Attend(x, context), x, 0, context);

    public override Tensor Continue(Tensor x, MixerState state, ForwardContext context)
    {
        var cache = (KvCache)state;
        var firstPosition = cache.Count;
        return WithRules(Attend(x, cache, context), x, firstPosition, context);
    }

    /// <summary>
    /// Choice of a rule at given logits, which hold the Gumbel noise where there is any: softmax(ℓ/τ), or hard: exactly one-hot at the largest, with the
    /// gradient of the softmax.
    /// </summary>
    /// <param name="logits">[..., R]</param>
    /// <param name="temperature">τ, above 0.</param>
    /// <param name="isHard">Whether one rule is picked.</param>
    /// <returns>[..., R]</returns>
    internal static Tensor Choose(Tensor logits, double temperature, bool isHard)
    {
        var soft = (logits / temperature).softmax(-1);
        return isHard ? functional.one_hot(logits.argmax(-1), logits.shape[^1]).to(soft.dtype) + (soft - soft.detach()) : soft;
    }

    /// <summary>The regulariser, to be made small: minus what <see cref="RuleEntropy"/> names, in nats.</summary>
    /// <param name="log">log π, [B, T, R].</param>
    /// <param name="mode">What is rewarded.</param>
    /// <returns>A scalar.</returns>
    internal static Tensor Regulariser(Tensor log, RuleEntropy mode)
    {
        var byToken = (log.exp() * log).sum(-1).mean(); // minus the mean entropy
        if (mode == RuleEntropy.Token)
        {
            return byToken;
        }

        var logMean = log.view(-1, log.shape[2]).logsumexp(0) - Math.Log(log.shape[0] * log.shape[1]); // [R]
        var ofMean = (logMean.exp() * logMean).sum();
        return mode == RuleEntropy.Marginal ? ofMean : ofMean - byToken;
    }

    private Tensor WithRules(Tensor attended, Tensor x, long firstPosition, ForwardContext context)
    {
        var logits = context.Kernels.Linear(x, _in.weight!, _in.bias);                                               // [B, T, R]
        var isSampled = context.Training || _options.EvalSampling == RulePick.Gumbel;
        var perturbed = isSampled ? logits + context.Noise.Gumbel(Rule, context.Layer, logits, firstPosition) : logits; // [B, T, R]
        var temperature = Temperature(context.Progress);
        var gate = context.Intervene(Gate, context.Kernels.Linear(x, _gate.weight!, _gate.bias).sigmoid());         // [B, T, 1]
        var path = gate * Vectors(perturbed, temperature, context);                                                  // [B, T, d]
        if (context.Training)
        {
            context.Auxiliary.Add(new AuxiliaryTerm(RuleDiagnostics.Entropy, _options.Lambda, _options.AuxWarmup), Regulariser((logits / temperature).log_softmax(-1), _options.EntropyMode));
        }

        RuleDiagnostics.Write(context, logits, perturbed, temperature, gate, path, attended);
        return attended + path;
    }

    /// <summary>Vectors u of the chosen rules. In evaluation with one rule a token there are only R of them, so they are computed once and looked up.</summary>
    /// <returns>[B, T, d]</returns>
    private Tensor Vectors(Tensor logits, double temperature, ForwardContext context)
    {
        var isHard = context.Training ? _options.HardTrain : _options.HardEval;
        if (isHard && !context.Training && context.Ablations is null)
        {
            var table = _norm.call(_out.weight!.transpose(0, 1) + _out.bias!, context);                                          // [R, d]
            return table.index_select(0, logits.argmax(-1).view(-1)).view(logits.shape[0], logits.shape[1], -1);     // [B, T, d]
        }

        var choice = context.Intervene(Rule, Choose(logits, temperature, isHard));                                   // [B, T, R]
        return _norm.call(context.Kernels.Linear(choice, _out.weight!, _out.bias), context);                         // [B, T, d]
    }

    /// <summary>Linear from first to last over the run, never below 1e-6.</summary>
    private double Temperature(double progress) =>
        Math.Max(LowestTemperature, _options.Tau0 + (((_options.TauFinal ?? _options.Tau0) - _options.Tau0) * Math.Min(1, progress)));
}
