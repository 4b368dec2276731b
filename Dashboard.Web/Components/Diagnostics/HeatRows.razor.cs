using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Several numbers of a metric, a row each layer, tinted by size: few as numbers, many as thin cells that fit the width.</summary>
public sealed partial class HeatRows : ComponentBase
{
    private const int MostNumbers = 12;
    private const int MostCells = 128;
    private const double LeastSpan = 0.2;
    private ValueScale _scale;
    private int _columns;
    private int _each;
    private IReadOnlyList<(string Name, float[] Values)> _rows = [];

    /// <summary>The measurement.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    private string Description => $"{Rows.Metric.Label}, {_columns} values by {Rows.Metric.Columns.Title}. " + string.Join("; ", _rows.Select(row =>
        $"{row.Name} from {Format.Measured(row.Values.Min())} to {Format.Measured(row.Values.Max())}, mean {Format.Measured(row.Values.Average())}"));

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _rows = [.. Rows.Rows.Select(row => row.Name.Length > 0 ? row : ("model", row.Values))];
        _columns = _rows.Max(row => row.Values.Length);
        _each = (_columns + MostCells - 1) / MostCells;
        _scale = ValueScale.Of(_rows.SelectMany(row => row.Values).Select(value => (double)value), Rows.Metric.Range, LeastSpan);
    }

    private IEnumerable<(string Title, double Value)> Cells(float[] values) => values.Chunk(_each).Select((some, i) =>
    {
        var (first, last) = (Rows.Metric.Columns.Name(i * _each, values.Length), Rows.Metric.Columns.Name((i * _each) + some.Length - 1, values.Length));
        return ($"{Rows.Metric.Columns.Title} {first}{(some.Length > 1 ? $" to {last}" : null)}", some.Average(value => (double)value));
    });

    private string Place(int column) => string.Create(CultureInfo.InvariantCulture, $"{100 * (column + 0.5) / _columns:0.##}%");
}
