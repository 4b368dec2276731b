using System.Globalization;
using Crossbench.Reports.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Rows of a column as ratios to the baseline, on several axes at once.</summary>
public sealed partial class RadarView : SuiteViewBase
{
    private IReadOnlyList<(MatrixRow Row, MatrixCell Cell, CellFigures Figures)> _rows = [];
    private IReadOnlyList<RadarAxis> _axes = [];
    private int _baseline = -1;

    private IReadOnlyList<IReadOnlyList<string>> Table =>
        [.. _rows.Select((row, i) => (IReadOnlyList<string>)[RemarkOf(row.Cell) is { Length: > 0 } remark ? $"{row.Row.Key} ({remark})" : row.Row.Key, .. _axes.Select(axis => RadarAxis.Text(axis.Ratio(i, _baseline)))])];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var cells = Cells;
        _rows = [.. cells.Select(item => (item.Row, item.Cell, CellFigures.Of(item.Cell, Last)))];
        _baseline = cells.Index().Where(item => item.Item.Index == Matrix.Baseline).Select(item => item.Index).FirstOrDefault(-1);
        var chance = Matrix.ChanceOf(Column);
        _axes =
        [
            new RadarAxis("quality", true, [.. _rows.Select(row => chance - row.Cell.Mean)]),
            new RadarAxis("throughput", true, [.. _rows.Select(row => row.Figures.TokensPerSecond.Mean)]),
            new RadarAxis("memory", false, [.. _rows.Select(row => row.Figures.PeakMemory.Mean)]),
            new RadarAxis("tokens/s per parameter", true, [.. _rows.Select(row => row.Figures.TokensPerSecond.Mean / row.Figures.Parameters)]),
            new RadarAxis("step time", false, [.. _rows.Select(row => row.Figures.StepMedian.Mean)]),
            new RadarAxis("parameters", false, [.. _rows.Select(row => (double?)row.Figures.Parameters)]),
        ];
    }

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    // Razor takes a text element for its own. Long names take two lines, so that letters can be large enough on a phone.
    private static RenderFragment Name(string name, double x, double y) => builder =>
    {
        var middle = name.LastIndexOf(' ');
        string[] lines = name.Length > 12 && middle > 0 ? [name[..middle], name[(middle + 1)..]] : [name];
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "y", N((1.12 * y) + 4 - (6 * (lines.Length - 1))));
        builder.AddAttribute(2, "text-anchor", Math.Abs(x) < 5 ? "middle" : x > 0 ? "start" : "end");
        foreach (var (index, line) in lines.Index())
        {
            builder.OpenElement(3, "tspan");
            builder.AddAttribute(4, "x", N(1.08 * x));
            builder.AddAttribute(5, "dy", index == 0 ? "0" : "13");
            builder.AddContent(6, line);
            builder.CloseElement();
        }

        builder.CloseElement();
    };

    private (double X, double Y) At(int axis, double radius)
    {
        var angle = (2 * Math.PI * axis / _axes.Count) - (Math.PI / 2);
        return (radius * Math.Cos(angle), radius * Math.Sin(angle));
    }

    // An axis without a value is left out, not drawn at the centre as if it were bad.
    private string PathOf(int row)
    {
        var points = _axes.Index().Select(axis => (axis.Index, Ratio: axis.Item.Ratio(row, _baseline))).Where(axis => axis.Ratio is not null).Select(axis => At(axis.Index, 100 * RadarAxis.Radius(axis.Ratio!.Value))).ToArray();
        return points.Length < 2 ? "" : $"M{string.Join('L', points.Select(point => $"{N(point.X)} {N(point.Y)}"))}Z";
    }
}
