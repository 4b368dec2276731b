using Crossbench.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What a path of discrete rules tells about itself.</summary>
internal static class RuleDiagnostics
{
    /// <summary>The auxiliary loss.</summary>
    public const string Entropy = "ruleEntropy";

    private const string Gate = "gate";
    private const string GateMean = "gateMean";
    private const string Usage = "ruleUsage";
    private const string Perplexity = "rulePerplexity";
    private const string Dead = "ruleDead";
    private const string TokenEntropy = "ruleTokenEntropy";
    private const string TokenEntropyShare = "ruleTokenEntropyShare";
    private const string SwitchRate = "ruleSwitchRate";
    private const string Agreement = "ruleAgreement";
    private const string PathShare = "rulePathShare";
    private const string SignalInformation = "ruleSignalInformation";
    private const double DeadBelow = 0.001;

    /// <summary>The metrics.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } =
    [
        .. AuxiliaryTerm.Metrics(Entropy, "Rule entropy loss", "Minus the entropy (or information) of the rules that the options reward, in nats; −ln R is the uniform distribution."),
        Layer(GateMean, "Gate of the rules", "", "Mean gate α of the rule path; 0 is closed.", MetricKind.Gate) with { InitialValue = 1 / (1 + Math.E) },
        .. TokenMetrics.Of(Gate, "Gate of the rules", "Gate α of the rule path, token by token.", MetricKind.Gate, initial: 1 / (1 + Math.E)),
        .. TokenMetrics.Separation(Gate, "Gate of the rules", MetricKind.Gate),
        Layer(Usage, "Rule usage", "", "Share of tokens that pick each rule.", MetricKind.Rule) with { Form = MetricForm.Vector, Axis = VectorAxis.Counted("rule"), Range = MetricRange.Share },
        Layer(Perplexity, "Rules in use", "rules", "exp of the entropy of the usage: how many rules share the tokens.", MetricKind.Rule),
        Layer(Dead, "Dead rules", "", "Share of rules that fewer than one token in a thousand picks; a batch shorter than that counts what it does not pick.", MetricKind.Rule),
        Layer(TokenEntropy, "Rule entropy by token", "nats", "Mean entropy of a token's rule distribution, at the temperature of the step.", MetricKind.Rule),
        Layer(TokenEntropyShare, "Rule indecision", "", "The same over ln R: 1 when tokens have no preference, 0 when they are sure.", MetricKind.Rule),
        Layer(SwitchRate, "Rule switches", "", "Share of neighbouring tokens that pick different rules.", MetricKind.Rule),
        Layer(Agreement, "Sample agreement", "", "Share of tokens whose sampled rule is their most probable one; the noise decides the others.", MetricKind.Rule),
        Layer(PathShare, "Rule path over attention", "", "Size of what the rule path adds over the size of what attention adds.", MetricKind.Rule),
        Layer(SignalInformation, "Rules about signal", "nats", "Mutual information of the picked rule and whether the token carries signal; 0 when rules ignore it.", MetricKind.Rule) with { AtEvaluation = true },
    ];

    /// <summary>Measures one layer.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="logits">ℓ, [B, T, R].</param>
    /// <param name="perturbed">ℓ with noise, where a rule is sampled; else ℓ.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="gate">α, [B, T, 1].</param>
    /// <param name="path">α·u, [B, T, d].</param>
    /// <param name="attended">a, [B, T, d].</param>
    public static void Write(ForwardContext context, Tensor logits, Tensor perturbed, double temperature, Tensor gate, Tensor path, Tensor attended)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var alpha = gate.squeeze(-1); // [B, T]
        writer.Scalar(GateMean, alpha.mean());
        writer.Tokens(Gate, alpha);
        writer.Separation(Gate, alpha);
        writer.Scalar(PathShare, path.norm() / attended.norm());
        var log = (logits / temperature).log_softmax(-1);
        var entropy = -(log.exp() * log).sum(-1).mean();
        writer.Scalar(TokenEntropy, entropy);
        writer.Scalar(TokenEntropyShare, entropy / Math.Log(logits.shape[2]));
        WritePicks(writer, perturbed.argmax(-1), logits);
    }

    private static void WritePicks(DiagnosticsWriter writer, Tensor picked, Tensor logits)
    {
        var (length, rules) = (logits.shape[1], logits.shape[2]);
        var taken = nn.functional.one_hot(picked, rules).to(ScalarType.Float64).view(-1, rules); // [B·T, R]
        var usage = taken.mean([0]);                                                            // [R]
        writer.Vector(Usage, usage);
        writer.Scalar(Perplexity, Nats(usage).exp());
        writer.Scalar(Dead, (usage < DeadBelow).to(ScalarType.Float64).mean());
        writer.Scalar(Agreement, (picked == logits.argmax(-1)).to(ScalarType.Float64).mean());
        if (length > 1)
        {
            writer.Scalar(SwitchRate, (picked.narrow(1, 1, length - 1) != picked.narrow(1, 0, length - 1)).to(ScalarType.Float64).mean());
        }

        if (writer.Signal is not null)
        {
            var signal = writer.Signal.to(ScalarType.Float64).view(-1, 1); // [B·T, 1]
            var both = cat([taken * signal, taken * (1 - signal)], 1).mean([0]); // [2R]
            writer.Scalar(SignalInformation, Nats(usage) + Nats(cat([signal, 1 - signal], 1).mean([0])) - Nats(both));
        }
    }

    /// <summary>Entropy of a distribution, in nats.</summary>
    private static Tensor Nats(Tensor shares) => -(shares * shares.clamp(min: 1e-30.ToScalar()).log()).sum();

    private static MetricSpec Layer(string name, string label, string unit, string help, MetricKind kind) => new(name, label, unit, help) { Scope = MetricScope.Layer, Kind = kind };
}
