using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Diagnostics;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Compare;

/// <summary>What specifications have in common beside their losses: a small chart for each metric of gates, routers, rules and states.</summary>
public sealed partial class SharedDiagnostics : ComponentBase
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private IReadOnlyList<SharedMetric> _metrics = [];
    private IReadOnlyList<ShownGroup> _read = [];
    private long _readSteps;
    private long _readAt;

    /// <summary>The specifications.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ShownGroup> Groups { get; set; } = [];

    /// <summary>Steps that all runs have done: with more of them, there may be more to show.</summary>
    [Parameter]
    public long Steps { get; set; }

    /// <summary>Whether the numbers are shown in place of charts.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    /// <summary>Architectures here that declare any such metric.</summary>
    private string[] Declaring => [.. Groups.Select(item => item.Spec).Where(spec => TrainingMetrics.Of(spec).Any(metric => SharedMetric.Kinds.Contains(metric.Kind))).Select(spec => spec.Architecture.Id).Distinct()];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var isOther = !Groups.SequenceEqual(_read);
        if (!isOther && (Steps == _readSteps || Time.GetElapsedTime(_readAt) < Pause))
        {
            return;
        }

        (_read, _readSteps, _readAt) = (Groups, Steps, Time.GetTimestamp());
        _metrics = SharedMetric.Read(Store, [.. Groups.Select(item => item.Group)]);
    }

    private MetricTable TableOf(IGrouping<MetricKind, SharedMetric> group) => new(
        $"{DiagnosticsView.TitleOf(group.Key)}: first and last mean over seeds",
        [new("Metric", false), new("Unit", false), new("Specification", false), new("Seeds"), new("First"), new("Last"), new("Last, 95 %"), new("Steps")],
        [.. group.SelectMany(item => item.Courses.Where(course => course.Points.Count > 0).Select(course => RowOf(item.Metric, course)))]);

    private IReadOnlyList<string> RowOf(MetricSpec metric, SharedCourse course)
    {
        var (first, last) = (course.Points[0], course.Points[^1]);
        return
        [
            metric.Label, metric.Unit.Length > 0 ? metric.Unit : Format.Unknown, Groups[course.Group].Name, Format.Count(course.Seeds), Format.Measured(first.Y), Format.Measured(last.Y),
            course.Seeds > 1 ? $"[{Format.Measured(last.Low)}, {Format.Measured(last.High)}]" : Format.Unknown, $"{Format.Count((long)first.X)}–{Format.Count((long)last.X)}",
        ];
    }
}
