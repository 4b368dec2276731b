using System.Globalization;
using Crossbench.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What semantic attention tells about itself.</summary>
internal static class SemanticDiagnostics
{
    private const string LambdaValue = "lambda";
    private const string Mu = "mu";
    private const string Beta = "beta";
    private const string GateName = "gate";
    private const string GateMean = "gateMean";
    private const string GateDeviation = "gateDeviation";
    private const string GateQuantiles = "gateQuantiles";
    private const string ValueShare = "gatedValueShare";
    private const string CentralityMean = "centralityMean";
    private const string SimilarityMean = "similarityMean";
    private const string SimilarityEffect = "similarityKl";

    private static readonly double[] Quantiles = [0.05, 0.25, 0.5, 0.75, 0.95];
    private static readonly VectorAxis Levels = VectorAxis.Named("quantile", [.. Quantiles.Select(share => string.Create(CultureInfo.InvariantCulture, $"{100 * share} %"))]);

    /// <summary>Metrics of the similarity in the scores.</summary>
    /// <param name="initialLambda">λ at initialisation.</param>
    public static IReadOnlyList<MetricSpec> OfSimilarity(double initialLambda) =>
    [
        Layer(LambdaValue, "Similarity strength λ", "Weight of the similarity in the scores, the softplus of its parameter.") with { InitialValue = initialLambda },
        Layer(SimilarityMean, "Mean similarity", "Mean similarity of a token to the tokens before it: near 1 all tokens look alike.") with { AtEvaluation = true },
        Layer(SimilarityEffect, "Effect of similarity", "KL divergence of the attention weights with λ = 0 from those with similarity: 0 when similarity changes nothing.") with
        {
            Unit = "nats",
            AtEvaluation = true,
        },
    ];

    /// <summary>Metrics of the gate on values.</summary>
    /// <param name="initialBeta">β at initialisation.</param>
    public static IReadOnlyList<MetricSpec> OfGate(double initialBeta) =>
    [
        Layer(Beta, "Gate offset β", "Constant part of the gate's logit.") with { InitialValue = initialBeta },
        Gated(GateMean, "Value gate", "Mean of the gate on values: the scale that all values of the layer share."),
        Gated(GateDeviation, "Value gate, spread", "Standard deviation of the gate over tokens: 0 when it only scales."),
        Gated(GateQuantiles, "Value gate, quantiles", "Quantiles of the gate over tokens: 5, 25, 50, 75 and 95 percent.") with { Form = MetricForm.Vector, Axis = Levels, Range = MetricRange.Share, AtEvaluation = true },
        Gated(ValueShare, "Share of value kept", "Sum of gate times length of the value, over the sum of the lengths: below the mean gate when long values are closed."),
        .. TokenMetrics.Of(GateName, "Value gate", "Gate on the value of each token: 0 removes it from what later tokens read.", MetricKind.Gate),
        .. TokenMetrics.Separation(GateName, "Value gate", MetricKind.Gate),
    ];

    /// <summary>Metrics of the centrality in the gate.</summary>
    /// <param name="initialMu">μ at initialisation.</param>
    public static IReadOnlyList<MetricSpec> OfCentrality(double initialMu) =>
    [
        Layer(Mu, "Centrality weight μ", "Weight of the centrality in the gate's logit.") with { InitialValue = initialMu },
        Layer(CentralityMean, "Mean centrality", "Mean over tokens of the similarity to the tokens up to themselves."),
    ];

    /// <summary>Writes the gate, [B, T], and its part in values, [B, T, KV, dh].</summary>
    public static void Gate(ForwardContext context, Tensor? gate, Tensor value)
    {
        if (context.Diagnostics is not { } writer || gate is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var lengths = value.square().sum([-1, -2]).sqrt(); // [B, T]
        writer.Scalar(GateMean, gate.mean());
        writer.Scalar(GateDeviation, gate.var(unbiased: false).sqrt());
        writer.Scalar(ValueShare, (gate * lengths).sum() / lengths.sum().clamp(min: 1e-30.ToScalar()));
        writer.Tokens(GateName, gate);
        writer.Separation(GateName, gate);
        if (writer.Takes(GateQuantiles))
        {
            var count = gate.numel();
            var descending = gate.reshape(-1).topk((int)count).values;
            writer.Vector(GateQuantiles, descending.index_select(0, tensor(Quantiles.Select(share => (long)Math.Round((1 - share) * (count - 1))).ToArray()).to(gate.device)));
        }
    }

    /// <summary>Writes the centrality, [B, T].</summary>
    public static void CentralityOf(ForwardContext context, Tensor centrality) => context.Diagnostics?.Scalar(CentralityMean, centrality.mean());

    /// <summary>Writes what the similarity does to the weights of a whole sequence.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="query">[B, T, H, dh]</param>
    /// <param name="key">[B, T, KV, dh]</param>
    /// <param name="without">Added to the scores without similarity.</param>
    /// <param name="with">Added to the scores with it.</param>
    /// <param name="directions">[B, T, ds], or null without similarity.</param>
    public static void Similarity(ForwardContext context, Tensor query, Tensor key, Tensor? without, Tensor? with, Tensor? directions)
    {
        if (directions is null || !context.Diagnostics!.Takes(SimilarityMean))
        {
            return;
        }

        var length = directions.shape[1];
        var withSelf = (directions * directions.cumsum(1)).sum();
        context.Diagnostics.Scalar(SimilarityMean, (withSelf - directions.square().sum()) / (directions.shape[0] * Math.Max(1, length * (length - 1) / 2)));
        var plain = context.Kernels.AttentionLogits(query, key, bias: without).log_softmax(-1).clamp(min: (-1e30).ToScalar()); // [B, H, T, T]; hidden keys: 0 · finite
        var similar = context.Kernels.AttentionLogits(query, key, bias: with).log_softmax(-1).clamp(min: (-1e30).ToScalar());
        context.Diagnostics.Scalar(SimilarityEffect, (plain.exp() * (plain - similar)).sum(-1).mean());
    }

    /// <summary>Writes the learned numbers of the layer.</summary>
    public static void Constants(ForwardContext context, Tensor? rawLambda, Tensor? mu, Tensor? beta)
    {
        if (context.Diagnostics is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        foreach (var (name, value) in new[] { (LambdaValue, rawLambda is null ? null : nn.functional.softplus(rawLambda)), (Mu, mu), (Beta, beta) })
        {
            if (value is not null)
            {
                context.Diagnostics.Scalar(name, value);
            }
        }
    }

    private static MetricSpec Layer(string name, string label, string help) => new(name, label, "", help) { Scope = MetricScope.Layer };

    private static MetricSpec Gated(string name, string label, string help) => Layer(name, label, help) with { Kind = MetricKind.Gate };
}
