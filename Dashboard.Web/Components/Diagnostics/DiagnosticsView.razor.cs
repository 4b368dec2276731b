using Crossbench.Metrics;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>What a run reports beside its loss; the form of a metric decides its chart, never its architecture.</summary>
public sealed partial class DiagnosticsView : ComponentBase
{
    // What belongs to the architecture comes first; the last is the same for all.
    private static readonly string[] Groups = ["Gates", "Routers", "Rules", "States", "Losses", "Layers", "Training"];

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    /// <summary>Whether tables stand in for charts.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    /// <summary>Kinds of metrics that are shown; all without it.</summary>
    [Parameter]
    public IReadOnlyList<MetricKind>? Kinds { get; set; }

    [CascadingParameter]
    internal RunDiagnostics Diagnostics { get; set; } = null!;

    private int Layers => Run.Spec.Shape.Layers;

    private string? NoteOf(MetricLines[] lines) => IsTable ? null :
        (lines.Any(item => item.Lines.Count > 1) ? "; a line each layer, the number is the mean of the latest" : null)
        + (lines.Any(item => item.Metric.InitialValue is not null) ? "; dashed is the value before training" : null)
        + (lines.Any(item => item.NullRange is not null) ? "; shaded is what shuffled classes give" : null);

    private bool IsShown(string group) => Kinds?.Any(kind => TitleOf(kind) == group) ?? true;

    private static string GroupOf(MetricSpec metric) => TitleOf(metric.Kind) ?? (metric.Scope == MetricScope.Model ? "Training" : "Layers");

    /// <summary>A name for the metrics of a kind; null for those that tell of anything else.</summary>
    internal static string? TitleOf(MetricKind kind) => kind switch
    {
        MetricKind.Loss => "Losses",
        MetricKind.Gate => "Gates",
        MetricKind.Router => "Routers",
        MetricKind.Rule => "Rules",
        MetricKind.State => "States",
        _ => null,
    };
}
