using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What a mixture of architectures tells about its routers; that of its attentions is <see cref="MetricDiagnostics"/>.</summary>
internal static class MoaDiagnostics
{
    // A branch whose share of the mixture is below this adds nothing.
    private const double DeadShare = 0.01;

    private const string Mean = "routerMean";
    private const string Entropy = "routerEntropy";
    private const string Share = "branchShare";
    private const string Dead = "deadBranches";
    private const string GateMean = "featureGateMean";
    private const string DiscrepancyMean = "discrepancyMean";
    private const string FfnMean = "ffnRouterMean";
    private const string FfnEntropy = "ffnRouterEntropy";

    private static readonly (string Name, string Label)[] Shares =
        [("routerConv", "Share of convolution"), ("routerMh", "Share of many-head attention"), ("routerChannel", "Share of the channel network"), ("routerMqa", "Share of one-key attention")];

    private static readonly VectorAxis Branches = VectorAxis.Named("branch", "convolution", "many heads", "channels", "one key");

    /// <summary>The metrics of these options.</summary>
    public static IEnumerable<MetricSpec> Of(MoaMetricOptions options) =>
    [
        Layer(Mean, "Router shares", "Mean share of convolution, many-head attention, channel network and one-key attention.") with { Form = MetricForm.Vector, Axis = Branches, Range = MetricRange.Share },
        Layer(Entropy, "Router entropy", "Mean entropy of the router's shares: ln 4 mixes all alike, 0 chooses one.") with { Unit = "nats" },
        .. TokenMetrics.Of(Entropy, "Router entropy", "Entropy of the router's shares of each token.", MetricKind.Router, 0, Math.Log(MoaBlock.Branches)),
        .. Shares.SelectMany(share => TokenMetrics.Of(share.Name, share.Label, "Share that the router gives this branch at each token.", MetricKind.Router)),
        Layer(Share, "Branch shares of the output", "Length of each branch, weighted and gated, over the sum of the lengths.") with { Form = MetricForm.Vector, Axis = Branches, Range = MetricRange.Share },
        Layer(Dead, "Dead branches", "Branches whose share of the output is below one percent."),
        Layer(GateMean, "Branch gates", "Mean gate of each branch, from 0 to 2; 1 at the start.") with { Form = MetricForm.Vector, Axis = Branches, Range = new MetricRange(0, 2) },
        .. options.Discrepancy ? [Layer(DiscrepancyMean, "Novelty of tokens", "Mean relative difference of a token from the one before, in [0, 1].") with { Kind = MetricKind.Other }] : Array.Empty<MetricSpec>(),
        Layer(FfnMean, "FFN router shares", "Mean share of SwiGLU, convolution and low-rank network.") with { Form = MetricForm.Vector, Axis = VectorAxis.Named("network", "SwiGLU", "convolution", "low rank"), Range = MetricRange.Share },
        Layer(FfnEntropy, "FFN router entropy", "Mean entropy of the shares in the feed-forward part; ln 3 mixes all alike.") with { Unit = "nats" },
        .. options.HasTriangleLoss
            ? AuxiliaryTerm.Metrics(TriangleLoss.Name, "Triangle loss", "Mean excess of sampled triples of keys over the triangle inequality; 0 for a true metric.")
            : [],
        .. MoaBlock.Attentions.SelectMany(attention => MetricDiagnostics.Of(attention.Prefix, attention.Label, options)),
    ];

    /// <summary>Writes the router's shares and gates, [B, T, 4] each, and the branches, [B, T, d] each.</summary>
    public static void Router(ForwardContext context, Tensor shares, Tensor gates, Tensor[] branches)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var entropy = EntropyOf(shares);
        writer.Vector(Mean, shares.mean([0, 1]));
        writer.Scalar(Entropy, entropy.mean());
        writer.Tokens(Entropy, entropy);
        foreach (var (share, i) in Shares.Select((share, i) => (share, i)))
        {
            writer.Tokens(share.Name, shares.select(-1, i));
        }

        var lengths = stack(branches.Select((branch, i) => (branch * (shares * gates).narrow(-1, i, 1)).square().sum().sqrt()));  // [4]
        var parts = lengths / lengths.sum().clamp(min: 1e-30.ToScalar());
        writer.Vector(Share, parts);
        writer.Scalar(Dead, (parts < DeadShare).to(ScalarType.Float32).sum());
        writer.Vector(GateMean, gates.mean([0, 1]));
    }

    /// <summary>Writes the shares of the feed-forward part, [B, T, 3].</summary>
    public static void FfnRouter(ForwardContext context, Tensor shares)
    {
        if (context.Diagnostics is { } writer)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            writer.Vector(FfnMean, shares.mean([0, 1]));
            writer.Scalar(FfnEntropy, EntropyOf(shares).mean());
        }
    }

    /// <summary>Writes how much tokens differ from those before, [B, T].</summary>
    public static void Discrepancy(ForwardContext context, Tensor discrepancy) => context.Diagnostics?.Scalar(DiscrepancyMean, discrepancy.mean());

    private static Tensor EntropyOf(Tensor shares) => -(shares * shares.clamp(min: 1e-30.ToScalar()).log()).sum(-1); // [B, T]

    private static MetricSpec Layer(string name, string label, string help) => new(name, label, "", help) { Scope = MetricScope.Layer, Kind = MetricKind.Router };
}
