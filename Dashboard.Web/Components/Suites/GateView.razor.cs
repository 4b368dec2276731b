using System.Text.RegularExpressions;
using Crossbench.Metrics;
using Crossbench.Reports.Suites;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;

namespace Crossbench.Web.Components.Suites;

/// <summary>Gates, routers and rules of the rows of a column over training: chosen by the metric's kind and form, never by the architecture.</summary>
public sealed partial class GateView : SuiteViewBase
{
    private const int Colours = 12;
    private static readonly MetricKind[] Kinds = [MetricKind.Gate, MetricKind.Router, MetricKind.Rule];
    private (string Name, string Label, string Help)[] _families = [];

    private string Family => _families.Any(family => family.Name == State.Gate) ? State.Gate! : _families.Length == 0 ? "" : _families[0].Name;

    private IEnumerable<(MatrixRow Row, string Unit, IReadOnlyList<CurveGroup> Groups)> Charts => Cells
        .Select(item => (item.Row, Unit: Metrics(item.Cell).Where(metric => FamilyOf(metric) == Family).Select(metric => metric.Unit).FirstOrDefault() ?? "", Groups: GroupsOf(item.Cell)))
        .Where(item => item.Groups.Count > 0);

    /// <inheritdoc/>
    protected override void OnParametersSet() => _families =
        [.. Cells.SelectMany(item => Metrics(item.Cell)).DistinctBy(FamilyOf).Select(metric => (FamilyOf(metric), metric.Label, metric.Help))];

    /// <summary>Metrics that the runs of a cell have measured, each under its name in the store: what an architecture declares for a layer is there once for each.</summary>
    private IEnumerable<MetricSpec> Metrics(MatrixCell cell)
    {
        var measured = cell.Pips.Where(pip => pip.Run.Step > 0).Take(1).SelectMany(pip => Store.Metrics(pip.Run.Id)).ToArray();
        var declared = measured.Length == 0 ? [] : TrainingMetrics.Of(cell.Pips[0].Run.Spec).Where(metric => Kinds.Contains(metric.Kind) && metric.Form == MetricForm.Scalar).DistinctBy(metric => metric.Name).ToDictionary(metric => metric.Name);
        return measured.Where(name => declared.ContainsKey(Place().Replace(name, ""))).Select(name => declared[Place().Replace(name, "")] with { Name = name });
    }

    private static string FamilyOf(MetricSpec metric) => Place().Replace(metric.Name, "");

    private IReadOnlyList<CurveGroup> GroupsOf(MatrixCell cell) =>
    [
        .. Metrics(cell).Where(metric => FamilyOf(metric) == Family).Select((metric, i) => new CurveGroup(metric.Name, Place().Match(metric.Name) is { Success: true } place ? place.Value.TrimEnd('.') : metric.Label, $"--cat-{1 + (i % Colours)}",
            [.. cell.Pips.Where(pip => pip.Run.Step > 0).Select(pip => new CurveSource(pip.Run, metric.Name, $"{metric.Label}, seed {pip.Run.Spec.Seed}"))])),
    ];

    [GeneratedRegex(@"^layer\d+\.(head\d+\.)?")]
    private static partial Regex Place();
}
