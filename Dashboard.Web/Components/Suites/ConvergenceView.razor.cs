using Crossbench.Training;
using Crossbench.Web.Components.Charts;

namespace Crossbench.Web.Components.Suites;

/// <summary>Training losses of the rows of a column: means and bands over seeds.</summary>
public sealed partial class ConvergenceView : SuiteViewBase
{
    private IReadOnlyList<CurveGroup> Groups =>
    [
        .. Cells.Select(item => new CurveGroup(item.Row.Key, item.Cell.IsExcluded ? $"{item.Row.Key}, sees the future" : item.Row.Key, RunFacts.Colour(item.Row),
            [.. item.Cell.Followed.Select(run => new CurveSource(run, TrainingMetrics.TrainLoss.Name, $"{item.Row.Key}, seed {run.Spec.Seed}"))])
        {
            Dash = item.Row.Variant,
            TextColour = RunFacts.Colour(item.Row) + "-text",
        }).Where(group => group.Members.Count > 0),
    ];

    private IReadOnlyList<ChartReference> References => ChartReference.Of(Matrix.ChanceOf(Column), Matrix.FloorOf(Column));
}
