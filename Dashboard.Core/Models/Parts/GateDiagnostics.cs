using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What gated attention tells about its gates and about the tokens that it keeps.</summary>
internal static class GateDiagnostics
{
    /// <summary>The auxiliary loss, and the gate of each token.</summary>
    public const string Gate = "gate";

    private const string GateMean = "gateMean";
    private const string KeepRate = "keepRate";
    private const string Precision = "keepPrecision";
    private const string Recall = "keepRecall";
    private const string DroppedMass = "droppedMass";

    /// <summary>The metrics of a mode.</summary>
    public static IReadOnlyList<MetricSpec> Of(MigOptions options) =>
    [
        .. AuxiliaryTerm.Metrics(Gate, "Gate sparsity loss", "Mean gate over tokens, heads and layers: what the sparsity loss makes small."),
        Layer(GateMean, "Gate", "Mean gate; it is 0.12 before training (0.5 for a single gate), so a mean near that says that the gate barely moved.")
            with { InitialValue = InitialOf(options) },
        .. TokenMetrics.Of(Gate, "Gate", "Mean gate of each token: its score in the selection.", MetricKind.Gate, initial: InitialOf(options)),
        .. TokenMetrics.Separation(Gate, "Gate", MetricKind.Gate),
        .. options.SelectsAnywhere ? Selection(options) : [],
    ];

    /// <summary>Measures gates and selection of one layer.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="score">Mean gate of each token, [B, T].</param>
    /// <param name="keep">1 where a token is kept, [B, T]; [B, T, T] where each position decides anew; null where all are.</param>
    public static void Write(ForwardContext context, Tensor score, Tensor? keep)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        writer.Scalar(GateMean, score.mean());
        writer.Tokens(Gate, score);
        writer.Separation(Gate, score);
        if (keep is null)
        {
            return;
        }

        var length = score.shape[1];
        var isPairs = keep.ndim == 3;
        var seen = arange(1, length + 1, dtype: keep.dtype, device: keep.device); // [T]
        writer.Scalar(KeepRate, isPairs ? (keep.sum(-1) / seen).mean() : keep.mean());
        WriteSignal(writer, (isPairs ? (keep * ones([length, length], keep.dtype, keep.device).tril().triu()).sum(-1) : keep) > 0);
    }

    /// <summary>Measures how much attention goes to tokens whose input is zero.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="query">[B, T, H, dh]</param>
    /// <param name="key">[B, T, H or KV, dh]</param>
    /// <param name="keep">1 where a token is kept, [B, T].</param>
    public static void WriteDroppedMass(ForwardContext context, Tensor query, Tensor key, Tensor keep)
    {
        if (context.Diagnostics?.Takes(DroppedMass) != true)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var weights = context.Kernels.AttentionLogits(query, key).softmax(-1);          // [B, H, T, T]
        context.Diagnostics.Scalar(DroppedMass, (weights * (1 - keep).unsqueeze(1).unsqueeze(1)).sum(-1).mean());
    }

    private static void WriteSignal(DiagnosticsWriter writer, Tensor kept)
    {
        if (writer.Signal is not { } signal)
        {
            return;
        }

        var (both, ofKept, ofSignal) = ((kept & signal).sum().ToDouble(), kept.sum().ToDouble(), signal.sum().ToDouble());
        if (ofKept > 0 && ofSignal > 0)
        {
            writer.Scalar(Precision, both / ofKept);
            writer.Scalar(Recall, both / ofSignal);
        }
    }

    private static IReadOnlyList<MetricSpec> Selection(MigOptions options) =>
    [
        Layer(KeepRate, "Kept tokens", "Share of tokens that are kept; repeated tokens lower it below the keep ratio."),
        Layer(Precision, "Kept tokens that carry signal", "Share of the kept tokens that carry signal; compare with the share of signal in the data.") with { AtEvaluation = true },
        Layer(Recall, "Signal that is kept", "Share of the signal tokens that are kept; chance is the share of kept tokens.") with { AtEvaluation = true },
        .. options.DropMode == DropMode.ZeroInput && options.TopkMode != TopkMode.Prefix
            ? [Layer(DroppedMass, "Attention to dropped tokens", "Share of the attention that goes to tokens whose input is zero: they are not gone.") with { AtEvaluation = true }]
            : Array.Empty<MetricSpec>(),
    ];

    /// <summary>Near this are all gates before training: the bias of the gate network's last layer is −2, that of a single gate 0.</summary>
    private static double InitialOf(MigOptions options) => options.GateDim == 0 ? 0.5 : 1 / (1 + Math.Exp(2));

    private static MetricSpec Layer(string name, string label, string help) => new(name, label, "", help) { Scope = MetricScope.Layer, Kind = MetricKind.Gate };
}
