using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>A view of runs laid out as a matrix. Where losses of different data do not compare, it shows one column, chosen in the address.</summary>
public abstract class SuiteViewBase : ComponentBase
{
    private readonly Dictionary<(RunId Run, string Metric), (long Step, double? Value)> _last = [];

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired]
    public SuiteMatrix Matrix { get; set; } = null!;

    /// <summary>What the address says.</summary>
    [CascadingParameter]
    private protected SuiteViewState State { get; set; } = new(null, null, null, null, false);

    [Inject]
    private protected NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private protected IRunStore Store { get; set; } = null!;

    /// <summary>Rows, columns and settings.</summary>
    protected SuiteLayout Layout => Matrix.Layout;

    /// <summary>Index of the column that is shown: the first when the address names none.</summary>
    protected int Column => Layout.Columns.Index().Where(column => column.Item.Key == State.Column).Select(column => column.Index).FirstOrDefault();

    /// <summary>The rows that have a cell in the column.</summary>
    protected IReadOnlyList<(int Index, MatrixRow Row, MatrixCell Cell)> Cells => [.. Layout.Rows.Index().Select(row => (row.Index, row.Item, Matrix[row.Index, Column]!)).Where(row => row.Item3 is not null)];

    /// <summary>A loss with its interval: 4.742 ±0.016.</summary>
    protected static string LossOf(MatrixCell cell) => cell.Mean is null ? Format.Unknown : Joined(Format.ShortLoss(cell.Mean), cell.Low, cell.High);

    /// <summary>A mean with the half-width of its interval.</summary>
    protected static string MeanOf(SeedMean mean) => Format.Measured(mean.Mean) + (mean.Low is { } low && mean.High is { } high ? $" ±{Format.Measured((high - low) / 2)}" : "");

    /// <summary>A difference with its interval, as far as there is one.</summary>
    protected static string DifferenceOf(SeedDifference? difference) => difference is null ? Format.Unknown
        : difference.Low is { } low && difference.High is { } high ? $"{Format.Difference(difference.Mean)} [{Format.Difference(low)}, {Format.Difference(high)}]"
        : $"{Format.Difference(difference.Mean)} ({Format.Plural(difference.Seeds, "seed")})";

    /// <summary>Why a cell takes no part in comparisons; empty when it does.</summary>
    protected static string RemarkOf(MatrixCell cell) => cell.IsExcluded ? "sees the future" : cell.HasOtherData ? "other data than the baseline" : cell.NotLearned ? "not learned" : cell.Mean is null ? "not done" : "";

    /// <summary>The last value of a metric of a run; read again only when the run has gone on.</summary>
    protected double? Last(RunRecord run, string metric)
    {
        if (!_last.TryGetValue((run.Id, metric), out var known) || known.Step != run.Step)
        {
            var series = Store.ReadSeries(run.Id, metric, -1);
            _last[(run.Id, metric)] = known = (run.Step, series.Count == 0 ? null : series.Values[^1]);
        }

        return known.Value;
    }

    private static string Joined(string value, double? low, double? high) => low is { } bottom && high is { } top ? $"{value} {Format.HalfWidth(bottom, top)}" : value;
}
