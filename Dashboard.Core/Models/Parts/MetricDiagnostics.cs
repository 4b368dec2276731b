using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What metric attention tells about itself. Names begin with that of the attention: <c>mhEntropy</c>, <c>mqaEntropy</c>.</summary>
internal static class MetricDiagnostics
{
    private const string Alpha = "Alpha";
    private const string Coordinates = "CoordinateWeights";
    private const string EnergyValue = "Energy";
    private const string EnergyByHead = "EnergyByHead";
    private const string PhaseRms = "PhaseRms";
    private const string BallKeep = "BallKeep";
    private const string ScoreViolations = "ScoreViolations";
    private const string RootViolations = "RootViolations";
    private const string Entropy = "Entropy";
    private const string EffectiveContext = "EffectiveContext";
    private const string LargestLogit = "MaxLogit";
    private const string FirstTokenMass = "FirstToken";
    private const string Distance = "Distance";
    private const string NormCorrelation = "NormCorrelation";

    /// <summary>The metrics of one attention.</summary>
    public static IEnumerable<MetricSpec> Of(string prefix, string label, MoaMetricOptions options)
    {
        MetricSpec Head(string name, string what, string unit, string help) =>
            new(prefix + name, $"{label}: {what}", unit, help) { Scope = MetricScope.Head, Form = MetricForm.Vector };
        MetricSpec Layer(string name, string what, string unit, string help) => new(prefix + name, $"{label}: {what}", unit, help) { Scope = MetricScope.Layer };
        MetricSpec Costly(MetricSpec metric) => metric with { AtEvaluation = true };

        var energies = TokenMetrics.Of(
            prefix + EnergyValue, $"{label}: energy", "Mean factor on the values of each token; 1 at the start.", MetricKind.Gate, options.EnergyMin, Math.Max(options.EnergyMax, options.EnergyMin + 0.01));
        return
        [
            Head(Alpha, "sharpness", "", "Factor α of the distance in the scores of each head."),
            Head(EnergyByHead, "energy by head", "", "Mean factor on the values of each head.") with { Range = new MetricRange(options.EnergyMin, options.EnergyMax) },
            .. energies,
            .. options.Phases == 0 ? [] : new[] { Layer(PhaseRms, "phase", "radians", "Root mean square of what the waves add to rotary angles: 0 is plain rotary embedding, whose scores know distances only.") },
            .. options.Metric != AttentionMetric.Mahalanobis ? [] : new[] { Layer(Coordinates, "coordinate weights", "", "Weights of the coordinates in the distance, largest first, mean over heads.") with { Form = MetricForm.Vector, Axis = VectorAxis.Counted("rank", 1), Range = MetricRange.NotNegative } },
            .. options.BallPruning == BallPruning.Off ? [] : new[] { Head(BallKeep, "keys in the ball", "", "Share of keys inside the ball of each head.") with { Range = MetricRange.Share } },
            .. !options.HasTriangleLoss ? [] : new[]
            {
                Costly(Layer(ScoreViolations, "violations", "", "Share of sampled triples of keys whose distances break the triangle inequality.")),
                Costly(Layer(RootViolations, "violations, root", "", "The same with the root of the distance, which is a metric: 0, or something is wrong.")),
            },
            Costly(Head(Entropy, "entropy", "nats", "Mean entropy of the attention weights of each head.") with { Range = MetricRange.NotNegative }),
            Costly(Head(EffectiveContext, "effective context", "tokens", "exp(entropy) of each head: how many tokens it looks at.") with { Range = MetricRange.NotNegative }),
            Costly(Head(LargestLogit, "largest logit", "", "Largest score of each head before the softmax; 0 is a distance of 0.")),
            Costly(Head(FirstTokenMass, "first token", "", "Mean weight of position 0 in each head: a sink when it is large.") with { Range = MetricRange.Share }),
            Costly(Head(Distance, "distance", "", "Mean distance of queries and the keys that they see, in each head.") with { Range = MetricRange.NotNegative }),
            .. options.Metric == AttentionMetric.Cosine ? [] : new[]
            {
                Costly(Head(NormCorrelation, "key length and mass", "", "Correlation of a key's squared length with the mean weight it gets: below 0 where short keys attract.") with { Range = MetricRange.Correlation }),
            },
        ];
    }

    /// <summary>Writes the factors on values, [B, T, KV].</summary>
    public static void Energy(ForwardContext context, string prefix, Tensor energy)
    {
        context.Diagnostics?.Vector(prefix + EnergyByHead, energy.mean([0, 1]));
        context.Diagnostics?.Tokens(prefix + EnergyValue, energy.mean([2]));
    }

    /// <summary>Writes the size of the phases.</summary>
    public static void Phase(ForwardContext context, string prefix, Tensor phases) => context.Diagnostics?.RootMeanSquare(prefix + PhaseRms, phases);

    /// <summary>Writes how many keys the balls hold, from their distances to the border, [B, H, T].</summary>
    public static void Ball(ForwardContext context, string prefix, Tensor outside) =>
        context.Diagnostics?.Vector(prefix + BallKeep, (outside <= 0).to(ScalarType.Float32).mean([0, 2]));

    /// <summary>Whether the pass takes how often triples of keys break the triangle inequality.</summary>
    public static bool TakesViolations(ForwardContext context, string prefix) => context.Diagnostics?.Takes(prefix + ScoreViolations) == true;

    /// <summary>Writes how often triples of keys break the triangle inequality.</summary>
    public static void Violations(ForwardContext context, string prefix, AttentionMetric metric, Tensor key, Tensor triples)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        context.Diagnostics!.Scalar(prefix + ScoreViolations, TriangleLoss.ViolationRate(metric, TriangleDistance.Score, key, triples));
        context.Diagnostics.Scalar(prefix + RootViolations, TriangleLoss.ViolationRate(metric, TriangleDistance.Sqrt, key, triples));
    }

    /// <summary>Writes α, [B, T, H], and the weights of coordinates before their softplus, [KV, dh].</summary>
    public static void Sharpness(ForwardContext context, string prefix, Tensor alpha, Tensor? coordinates)
    {
        using var scope = NewDisposeScope();
        context.Diagnostics!.Vector(prefix + Alpha, alpha.mean([0, 1]));
        if (coordinates is not null)
        {
            var weights = nn.functional.softplus(coordinates);
            context.Diagnostics.Vector(prefix + Coordinates, weights.topk((int)weights.shape[1]).values.mean([0]));
        }
    }

    /// <summary>Writes what the attention weights of a whole sequence are like; they are computed once more for it, from distances.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="prefix">Name of the attention.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="query">Features, [B, T, H, dh].</param>
    /// <param name="key">Features, [B, T, KV, dh].</param>
    /// <param name="alpha">[B, T, H]</param>
    /// <param name="bias">Added to the scores, broadcast to [B, H, T, T].</param>
    public static void Weights(ForwardContext context, string prefix, AttentionMetric metric, Tensor query, Tensor key, Tensor alpha, Tensor? bias)
    {
        if (!context.Diagnostics!.Takes(prefix + Entropy))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var length = query.shape[1];
        var writer = context.Diagnostics;
        var distances = MetricScores.Distances(metric, query, key);                                                         // [B, H, T, T]
        var scores = distances * (alpha.transpose(1, 2).unsqueeze(-1) * MetricScores.Slope(metric, query.shape[3]));
        var logits = (bias is null ? scores : scores + bias) + KernelSet.CausalMask(length, length, scores);
        var weights = logits.softmax(-1);
        var entropy = -(weights * weights.clamp(min: 1e-30.ToScalar()).log()).sum(-1);                                      // [B, H, T]
        writer.Vector(prefix + Entropy, entropy.mean([0, 2]));
        writer.Vector(prefix + EffectiveContext, entropy.exp().mean([0, 2]));
        writer.Vector(prefix + LargestLogit, logits.max(-1).values.max(-1).values.max(0).values);
        writer.Vector(prefix + FirstTokenMass, weights.select(-1, 0).mean([0, 2]));
        writer.Vector(prefix + Distance, distances.tril().sum([2, 3]).mean([0]) / (length * (length + 1) / 2.0));
        if (metric != AttentionMetric.Cosine)
        {
            var readers = arange(length, 0, -1, dtype: weights.dtype, device: weights.device);                              // queries that see a key
            var squares = key.square().sum(-1).transpose(1, 2).expand(-1, query.shape[2], -1);                              // [B, H, T]
            writer.Vector(prefix + NormCorrelation, Correlation(squares, weights.sum(2) / readers));
        }
    }

    /// <summary>Pearson correlation over sequences and tokens; 0 where one of the two does not vary.</summary>
    /// <returns>[H]</returns>
    private static Tensor Correlation(Tensor left, Tensor right)
    {
        var a = left - left.mean([0, 2], keepdim: true);
        var b = right - right.mean([0, 2], keepdim: true);
        return (a * b).sum([0, 2]) / (a.square().sum([0, 2]) * b.square().sum([0, 2])).clamp(min: 1e-30.ToScalar()).sqrt();
    }
}
