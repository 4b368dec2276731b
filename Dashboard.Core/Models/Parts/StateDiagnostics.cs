using Crossbench.Metrics;
using Crossbench.Models.Kernels;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What every mixer with a recurrent state tells about it, at evaluations.</summary>
internal static class StateDiagnostics
{
    private const string Norm = "stateNorm";
    private const string NormByTime = "stateNormByTime";

    /// <summary>The metrics.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } =
    [
        Head(Norm, "State norm", "", "Frobenius norm of each head's state after the last token, mean over sequences.", MetricRange.NotNegative),
        Head(NormByTime, "State norm over time", "", "Frobenius norm of the state at the end of each chunk of the sequence, mean over heads and sequences.", MetricRange.NotNegative) with { Scope = MetricScope.Layer, Axis = VectorAxis.Counted("chunk") },
    ];

    /// <summary>A metric with one number for each head (or channel), at evaluations.</summary>
    public static MetricSpec Head(string name, string label, string unit, string help, MetricRange range) =>
        new(name, label, unit, help) { Scope = MetricScope.Head, Kind = MetricKind.State, Form = MetricForm.Vector, Range = range, AtEvaluation = true };

    /// <summary>Measures the states of one pass.</summary>
    public static void Write(ForwardContext context, Recurrence recurrence)
    {
        if (context.Diagnostics is not { } writer || !writer.Takes(Norm))
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var later = recurrence.Entering.narrow(1, 1, recurrence.Entering.shape[1] - 1);
        var norms = cat([later, recurrence.State.unsqueeze(1)], 1).square().sum([-2, -1]).sqrt().mean([0]); // [n, H]
        writer.Vector(Norm, norms.select(0, norms.shape[0] - 1));
        writer.Vector(NormByTime, norms.mean([1]));
    }
}
