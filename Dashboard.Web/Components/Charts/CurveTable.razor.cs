using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Charts;

/// <summary>The numbers of a loss chart: every evaluation, and as many training losses between them as can be read.</summary>
public sealed partial class CurveTable : ComponentBase
{
    private const int TrainRows = 100;

    /// <summary>The curves, read by the page.</summary>
    [CascadingParameter]
    internal RunCurves Curves { get; set; } = null!;

    private string AxisTitle => Curves.AxisName switch
    {
        "step" => "Step",
        "tokens" => "Tokens",
        var unit => $"Time, {unit}",
    };

    private IEnumerable<Row> Rows
    {
        get
        {
            var (raw, smooth) = (Curves.Raw.Points, Curves.Smooth.Points.ToLookup(point => point.X, point => point.Y));
            var stride = Math.Max(1, (int)Math.Ceiling(raw.Count / (double)TrainRows));
            var train = raw.Where((_, index) => index % stride == 0 || index == raw.Count - 1)
                .Select(point => new Row(point.X, point.Y, smooth[point.X].Cast<double?>().FirstOrDefault(), null));
            var evaluations = Curves.Evaluations.Points.Select(point => new Row(point.X, null, null, point));
            return train.Concat(evaluations)
                .GroupBy(row => row.X)
                .OrderBy(group => group.Key)
                .Select(group => group.Aggregate((a, b) => new Row(a.X, a.Train ?? b.Train, a.Smooth ?? b.Smooth, a.Evaluation ?? b.Evaluation)));
        }
    }

    private string Position(double x) => Curves.View.Axis == CurveAxis.Time ? Format.Measured(x) : Format.Count((long)x);

    private sealed record Row(double X, double? Train, double? Smooth, WhiskerPoint? Evaluation);
}
