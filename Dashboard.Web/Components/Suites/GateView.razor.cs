using System.Globalization;
using System.Text.RegularExpressions;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Compare;
using Crossbench.Web.Components.Diagnostics;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Gates, routers and rules of the rows of a column over training: chosen by the metric's kind and form, never by the architecture.</summary>
public sealed partial class GateView : SuiteViewBase
{
    private static readonly MetricKind[] Kinds = [MetricKind.Gate, MetricKind.Router, MetricKind.Rule];
    private (MatrixRow Row, MatrixCell Cell, MetricSpec[] Metrics)[] _cells = [];
    private (string Name, string Label, string Help)[] _families = [];
    private RunRecord? _chosen;
    private RunDiagnostics? _diagnostics;

    private string Family => _families.Any(family => family.Name == State.Gate) ? State.Gate! : _families.Length == 0 ? "" : _families[0].Name;

    /// <summary>Architectures that have something to show here.</summary>
    private static IEnumerable<string> Gated => ModelZoo.All.Where(architecture => architecture.Diagnostics(architecture.Defaults).Any(metric => Kinds.Contains(metric.Kind))).Select(architecture => architecture.Id);

    private bool HasGates => Cells.Any(item => item.Cell.Pips.Take(1).SelectMany(pip => TrainingMetrics.Of(pip.Run.Spec)).Any(metric => Kinds.Contains(metric.Kind)));

    private IEnumerable<(MatrixRow Row, string Unit, IReadOnlyList<CurveGroup> Groups)> Charts => _cells
        .Select(item => (item.Row, Metrics: item.Metrics.Where(metric => FamilyOf(metric) == Family).ToArray(), item.Cell))
        .Where(item => item.Metrics.Length > 0)
        .Select(item => (item.Row, item.Metrics[0].Unit, GroupsOf(item.Cell, item.Metrics)));

    /// <summary>Runs of the column that have measured what is shown here.</summary>
    private RunRecord[] Gates => [.. _cells.Where(item => item.Metrics.Length > 0).SelectMany(item => item.Cell.Pips).Select(pip => pip.Run).Where(run => run.Step > 0)];

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _cells = [.. Cells.Select(item => (item.Row, item.Cell, Metrics(item.Cell).ToArray()))];
        _families = [.. _cells.SelectMany(item => item.Metrics).DistinctBy(FamilyOf).Select(metric => (FamilyOf(metric), metric.Label, metric.Help))];
        var runs = Gates;
        var before = _chosen?.Id;
        _chosen = runs.FirstOrDefault(run => run.Id.Value == State.Run) ?? runs.FirstOrDefault();
        if (_chosen is { } chosen)
        {
            _diagnostics = _diagnostics is null || before != chosen.Id ? new RunDiagnostics(Store, Folder, chosen, Time) : _diagnostics;
            _diagnostics.ReadOn(chosen);
        }
    }

    /// <summary>Metrics that the runs of a cell have measured, each under its name in the store: what an architecture declares for a layer is there once for each.</summary>
    private IEnumerable<MetricSpec> Metrics(MatrixCell cell)
    {
        var measured = cell.Followed.Take(1).SelectMany(run => Store.Metrics(run.Id)).ToArray();
        var declared = measured.Length == 0 ? [] : SharedMetric.DeclaredBy(cell.Pips[0].Run.Spec).Where(metric => Kinds.Contains(metric.Kind)).ToDictionary(metric => metric.Name);
        return measured.Where(name => declared.ContainsKey(Place().Replace(name, ""))).Select(name => declared[Place().Replace(name, "")] with { Name = name });
    }

    private static string FamilyOf(MetricSpec metric) => Place().Replace(metric.Name, "");

    // Layers are ordered, and so are their colours; heads of one layer differ in their dash.
    private IReadOnlyList<CurveGroup> GroupsOf(MatrixCell cell, IEnumerable<MetricSpec> metrics)
    {
        var layers = cell.Pips[0].Run.Spec.Shape.Layers;
        return
        [
            .. metrics.Select(metric => (Metric: metric, Layer: NumberOf(Place().Match(metric.Name).Groups["layer"]), Head: NumberOf(Place().Match(metric.Name).Groups["head"])))
                .Select(item => new CurveGroup(item.Metric.Name, item.Layer is { } layer ? $"layer {layer}{(item.Head is { } head ? $", head {head}" : "")}" : item.Metric.Label, LayerColour.Of(item.Layer, layers),
                    [.. cell.Followed.Select(run => new CurveSource(run, item.Metric.Name, $"{item.Metric.Label}, seed {run.Spec.Seed}"))]) { Dash = item.Head ?? 0 }),
        ];
    }

    private static int? NumberOf(Group part) => part.Success ? int.Parse(part.ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^layer(?<layer>\d+)\.(head(?<head>\d+)\.)?")]
    private static partial Regex Place();
}
