using Crossbench.Metrics;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What a <see cref="StateSpaceMixer"/> tells about itself.</summary>
internal static class StateSpaceDiagnostics
{
    private const string Delta = "delta";
    private const string DeltaMean = "deltaMean";
    private const string Correlation = "deltaSignalCorrelation";
    private const string DecayMean = "decayMean";
    private const string FastShare = "decayFastShare";
    private const string HalfLife = "halfLife";
    private const string SkipShare = "skipShare";
    private const string GateMean = "gateMean";
    private const double FastDecay = 0.1;
    private const double UpperBin = 0.5;

    private static readonly (string Name, string Label, double Share)[] Quantiles = [("deltaP10", "Step Δ, 10 %", 0.1), ("deltaP50", "Step Δ, median", 0.5), ("deltaP90", "Step Δ, 90 %", 0.9)];

    /// <summary>The metrics.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } =
    [
        StateDiagnostics.Head(DeltaMean, "Step Δ", "", "Mean step of each head: how much a token writes and how far it makes the state forget.", MetricRange.NotNegative),
        .. Quantiles.Select(item => StateDiagnostics.Head(item.Name, item.Label, "", $"{item.Share:P0} of the tokens of each head have a smaller step; quantiles far apart mean that the layer is selective.", MetricRange.NotNegative)),
        .. TokenMetrics.Of(Delta, "Step Δ", "Step of each token, mean over heads.", MetricKind.State, 0, UpperBin),
        .. TokenMetrics.Separation(Delta, "Step Δ", MetricKind.State),
        new(Correlation, "Step Δ and signal", "", "Correlation of each token's mean step with whether it carries signal; 0 is no selectivity.") { Scope = MetricScope.Layer, Kind = MetricKind.State, AtEvaluation = true },
        StateDiagnostics.Head(DecayMean, "Decay", "", "Mean of e^(ΔA) of each head: what a token leaves of the state.", MetricRange.Share),
        StateDiagnostics.Head(FastShare, "Share of fast decay", "", "Share of tokens that leave less than a tenth of a head's state.", MetricRange.Share),
        StateDiagnostics.Head(HalfLife, "Half-life", "tokens", "ln 2 over the mean of −ΔA of each head: after how many tokens half is forgotten.", MetricRange.NotNegative),
        new(SkipShare, "Share of the skip", "", "Norm of D·x over that of all that the heads give: near 1 the state is not used.") { Scope = MetricScope.Layer, Kind = MetricKind.State },
        new(GateMean, "Gate", "", "Mean of SiLU(z), which the heads' outputs are multiplied with.") { Scope = MetricScope.Layer, Kind = MetricKind.Gate },
    ];

    /// <summary>Measures one pass.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="recurrence">The recurrence.</param>
    /// <param name="delta">Steps, [B, T, H']</param>
    /// <param name="decay">Logarithms of decays, [B, T, H']</param>
    /// <param name="skipped">D·x, [B, T, H', P]</param>
    /// <param name="output">y, [B, T, H', P]</param>
    /// <param name="gate">SiLU(z), [B, T, D_i]</param>
    public static void Write(ForwardContext context, Recurrence recurrence, Tensor delta, Tensor decay, Tensor skipped, Tensor output, Tensor gate)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        StateDiagnostics.Write(context, recurrence);
        var byToken = delta.mean([-1]); // [B, T]
        writer.Tokens(Delta, byToken);
        writer.Separation(Delta, byToken);
        writer.Scalar(SkipShare, skipped.norm() / output.norm());
        writer.Scalar(GateMean, gate.mean());
        if (writer.Takes(DeltaMean))
        {
            WriteHeads(writer, delta.flatten(0, 1), decay.flatten(0, 1));
            WriteCorrelation(writer, byToken);
        }
    }

    /// <param name="writer">The writer.</param>
    /// <param name="delta">[B·T, H']</param>
    /// <param name="decay">[B·T, H']</param>
    private static void WriteHeads(DiagnosticsWriter writer, Tensor delta, Tensor decay)
    {
        var sorted = delta.topk((int)delta.shape[0], 0).values; // largest first
        foreach (var (name, _, share) in Quantiles)
        {
            writer.Vector(name, sorted.select(0, (long)Math.Round((1 - share) * (delta.shape[0] - 1))));
        }

        var kept = decay.exp();
        writer.Vector(DeltaMean, delta.mean([0]));
        writer.Vector(DecayMean, kept.mean([0]));
        writer.Vector(FastShare, (kept < FastDecay).to(ScalarType.Float32).mean([0]));
        writer.Vector(HalfLife, -Math.Log(2) / decay.mean([0]));
    }

    /// <summary>Pearson's correlation; nothing where all tokens are of one kind.</summary>
    private static void WriteCorrelation(DiagnosticsWriter writer, Tensor byToken)
    {
        if (writer.Signal is not { } signal)
        {
            return;
        }

        var mask = signal.to(byToken.dtype, byToken.device);
        var (x, y) = (byToken - byToken.mean(), mask - mask.mean());
        var spread = (x.square().sum() * y.square().sum()).sqrt().ToDouble();
        if (spread > 0)
        {
            writer.Scalar(Correlation, (x * y).sum().ToDouble() / spread);
        }
    }
}
