using Crossbench.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What softmax attention tells about itself, per head, at evaluations: the weights are computed once more for it.</summary>
internal static class AttentionDiagnostics
{
    /// <summary>The ablation point: values mixed by the heads, before the output projection.</summary>
    public const string Heads = "heads";

    private const string Entropy = "attentionEntropy";
    private const string EffectiveContext = "effectiveContext";
    private const string LargestLogit = "attentionMaxLogit";
    private const string FirstTokenMass = "attentionFirstToken";

    /// <summary>The metrics.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } = Over("tokens", "how many tokens it looks at.");

    /// <summary>The metrics of attention over something else than tokens alone.</summary>
    /// <param name="unit">What is attended to, in the plural.</param>
    /// <param name="counted">What exp(entropy) counts: half a sentence, with a full stop.</param>
    public static IReadOnlyList<MetricSpec> Over(string unit, string counted) =>
    [
        Spec(Entropy, "Attention entropy", "nats", "Mean entropy of the attention weights of each head.", MetricRange.NotNegative),
        Spec(EffectiveContext, "Effective context", unit, $"exp(entropy) of each head: {counted}", MetricRange.NotNegative),
        Spec(LargestLogit, "Largest attention logit", "", "Largest score of each head before the softmax.", null),
        Spec(FirstTokenMass, "Attention to the first token", "", "Mean weight of position 0 in each head: a sink when it is large.", MetricRange.Share),
    ];

    /// <summary>The ablation points of attention.</summary>
    public static IReadOnlyList<AblationPoint> Points { get; } = [new(Heads, "Values mixed by the heads, before the output projection.")];

    /// <summary>Whether the pass takes what is measured on attention weights: a reason to compute what only that needs.</summary>
    public static bool AreTaken(ForwardContext context) => context.Diagnostics?.Takes(Entropy) == true;

    /// <summary>Measures the weights that these queries and keys give.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="query">[B, T, H, E]</param>
    /// <param name="key">[B, T, KV, E]</param>
    /// <param name="scale">Factor of the scores; 1/√E when absent.</param>
    /// <param name="bias">Added to the scores, broadcast to [B, H, T, T].</param>
    public static void Write(ForwardContext context, Tensor query, Tensor key, double? scale = null, Tensor? bias = null) =>
        Write(context, () => context.Kernels.AttentionLogits(query, key, scale, bias));

    /// <summary>Measures the weights that these scores give; they are computed only when somebody asks.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="scores">Gives the scores, [B, H, T, n]; −∞ where a query does not see a key.</param>
    /// <param name="firstToken">Place of position 0 among the n keys.</param>
    public static void Write(ForwardContext context, Func<Tensor> scores, long firstToken = 0)
    {
        if (context.Diagnostics is not { } writer || !writer.Takes(Entropy))
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var logits = scores(); // [B, H, T, n]
        var weights = logits.softmax(-1);
        var entropy = EntropyOf(weights);
        writer.Vector(Entropy, entropy.mean([0, 2]));
        writer.Vector(EffectiveContext, entropy.exp().mean([0, 2]));
        writer.Vector(LargestLogit, logits.max(-1).values.max(-1).values.max(0).values);
        writer.Vector(FirstTokenMass, weights.select(-1, firstToken).mean([0, 2]));
    }

    /// <summary>Entropy over the last dimension, in nats.</summary>
    /// <param name="weights">[B, H, T, n]</param>
    /// <returns>[B, H, T]</returns>
    public static Tensor EntropyOf(Tensor weights) => -(weights * weights.clamp(min: 1e-30.ToScalar()).log()).sum(-1);

    private static MetricSpec Spec(string name, string label, string unit, string help, MetricRange? range) =>
        new(name, label, unit, help) { Scope = MetricScope.Head, Form = MetricForm.Vector, Range = range, AtEvaluation = true };
}
