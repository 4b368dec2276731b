using Crossbench.Metrics;

namespace Crossbench.Models;

/// <summary>What every block reports, and where every block can be intervened on.</summary>
internal static class BlockDiagnostics
{
    public const string ResidualRms = "residualRms";
    public const string MixerRms = "mixerRms";
    public const string FeedForwardRms = "ffnRms";
    public const string Mixer = "mixer";
    public const string FeedForward = "ffn";

    public static IReadOnlyList<MetricSpec> All { get; } =
    [
        Rms(ResidualRms, "Residual stream", "Root mean square of the residual stream after the layer."),
        Rms(MixerRms, "Mixer output", "Root mean square of what the mixer adds to the residual stream."),
        Rms(FeedForwardRms, "FFN output", "Root mean square of what the feed-forward network adds to the residual stream."),
    ];

    public static IReadOnlyList<AblationPoint> Points { get; } =
    [
        new(Mixer, "Output of the mixer, as it enters the residual stream."),
        new(FeedForward, "Output of the feed-forward network, as it enters the residual stream."),
    ];

    private static MetricSpec Rms(string name, string label, string help) => new(name, label, "", help) { Scope = MetricScope.Layer };
}
