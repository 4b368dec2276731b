using Crossbench.Metrics;

namespace Crossbench.Web.Components.Charts;

/// <summary>A chart as a table: every evaluation, and as many values between them as can be read.</summary>
/// <param name="Columns">Names of the columns, the position first.</param>
/// <param name="Rows">A text for each column; null where there is none.</param>
public sealed record CurveNumbers(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows)
{
    private const int MostRows = 100;

    /// <summary>The table of a chart.</summary>
    /// <param name="data">What the chart shows.</param>
    /// <param name="axis">What the axis counts, with its unit.</param>
    /// <param name="isLoss">Whether the values are losses.</param>
    internal static CurveNumbers Of(CurveData data, string axis, bool isLoss)
    {
        Func<double?, string> text = isLoss ? Format.Loss : Format.Measured;
        var columns = data.Groups.Where(item => item.Lines.Count > 0).SelectMany(item => item.Curves.Count == 1 ? OfCurve(item.Group, item.Curves[0], data, text) : [OfBand(item.Group, item.Lines[1], text)]).ToList();
        var positions = Some([.. columns.SelectMany(column => column.Cells.Keys).Distinct().Order()]);
        if (data.Evaluations.Count > 0)
        {
            columns.Add(("Eval loss", data.Evaluations.ToDictionary(point => point.X, point => text(point.Y))));
            columns.Add(("95 % interval", data.Evaluations.ToDictionary(point => point.X, point => double.IsFinite(point.High - point.Low) ? $"[{Format.ShortLoss(point.Low)}, {Format.ShortLoss(point.High)}]" : Format.Unknown)));
            positions = [.. positions.Union(data.Evaluations.Select(point => point.X)).Order()];
        }

        var unit = data.View.Axis == CurveAxis.Time ? $"Time, {axis}" : CurveView.Name(data.View.Axis);
        return new CurveNumbers(
            [unit, .. columns.Select(column => column.Name)],
            [.. positions.Select(x => (IReadOnlyList<string?>)[data.View.Axis switch { CurveAxis.Time => Format.Measured(x), CurveAxis.Flops => Format.Short(x), _ => Format.Count((long)x) }, .. columns.Select(column => column.Cells.GetValueOrDefault(x))])]);
    }

    private static IEnumerable<(string Name, Dictionary<double, string> Cells)> OfCurve(CurveGroup group, RunCurve curve, CurveData data, Func<double?, string> text)
    {
        var columns = curve.Columns.Columns.DistinctBy(column => curve.X(column.Mean.X)).ToArray();
        yield return (group.Name, columns.ToDictionary(column => curve.X(column.Mean.X), column => Extremes(column, text)));
        if (curve.Columns.Smoothing > 0)
        {
            yield return (data.IsSingle ? "Smoothed" : $"{group.Name}, smoothed", columns.ToDictionary(column => curve.X(column.Mean.X), column => text(column.Smooth.Y)));
        }
    }

    private static (string Name, Dictionary<double, string> Cells) OfBand(CurveGroup group, ChartLine mean, Func<double?, string> text) =>
        ($"{group.Name}: mean, 95 %", mean.Points.DistinctBy(point => point.X).ToDictionary(point => point.X, point => $"{text(point.Y)} [{text(point.Low)}, {text(point.High)}]"));

    private static string Extremes(SeriesColumn column, Func<double?, string> text) => column.Low.Y.Equals(column.High.Y) ? text(column.Low.Y) : $"{text(column.Low.Y)} to {text(column.High.Y)}";

    private static IReadOnlyList<double> Some(IReadOnlyList<double> positions)
    {
        var stride = Math.Max(1, (int)Math.Ceiling(positions.Count / (double)MostRows));
        return [.. positions.Where((_, index) => index % stride == 0 || index == positions.Count - 1)];
    }
}
