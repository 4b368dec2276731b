using System.Globalization;
using Crossbench.Metrics;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its header.</param>
/// <param name="IsNumber">Whether it holds numbers, which stand right.</param>
public sealed record TableColumn(string Title, bool IsNumber = true);

/// <summary>The numbers of charts as a table, made up without markup. The first cell of a row names it.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Headers.</param>
/// <param name="Rows">Cells as text, as many as there are columns.</param>
public sealed record MetricTable(string Caption, IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Scalars of a group: a row for each metric and layer.</summary>
    internal static MetricTable OfLines(string group, IEnumerable<MetricLines> metrics) => new(
        $"{group}: both ends and both extremes over training",
        [new("Metric", false), new("Unit", false), new("Layer"), new("First"), new("Last"), new("Min"), new("Max"), new("Steps"), new("Points")],
        [.. metrics.SelectMany(metric => metric.NullEnds.Prepend(metric)).SelectMany(metric => metric.Lines.Select(line => RowOf(metric.Metric, line.Layer, line.Series.Summary)))]);

    /// <summary>Vectors, histograms or strips: a row for each column of a vector, each bin, each token.</summary>
    internal static MetricTable Of(MetricRows rows, SampleText sample) => rows.Metric.Form switch
    {
        MetricForm.Histogram => OfHistogram(rows),
        MetricForm.Strip => OfStrip(rows, sample),
        _ => OfVector(rows),
    };

    private static string[] RowOf(MetricSpec metric, int? layer, Charts.SeriesSummary summary) =>
    [
        metric.Label,
        metric.Unit.Length > 0 ? metric.Unit : Format.Unknown,
        layer is { } index ? Format.Count(index) : "all",
        Format.Measured(summary.First),
        Format.Measured(summary.Last),
        Known(summary.Low),
        Known(summary.High),
        summary.FirstStep == summary.LastStep ? Format.Count(summary.LastStep) : $"{Format.Count(summary.FirstStep)}–{Format.Count(summary.LastStep)}",
        Format.Count(summary.Count),
    ];

    private static MetricTable OfVector(MetricRows rows)
    {
        var count = rows.Rows.Max(row => row.Values.Length);
        return new(
            CaptionOf(rows, "value"),
            [new(Capital(rows.Metric.Columns.Title)), .. ValueColumns(rows)],
            [.. Enumerable.Range(0, count).Select(i => (IReadOnlyList<string>)[rows.Metric.Columns.Name(i, count), .. rows.Rows.Select(row => i < row.Values.Length ? Format.Measured(row.Values[i]) : Format.Unknown)])]);
    }

    private static MetricTable OfStrip(MetricRows rows, SampleText sample) => new(
        CaptionOf(rows, "value"),
        [new("Position"), new("Token", false), .. ValueColumns(rows)],
        [.. Enumerable.Range(0, rows.Rows.Max(row => row.Values.Length)).Select(i =>
            (IReadOnlyList<string>)[Format.Count(i), sample.At(i), .. rows.Rows.Select(row => i < row.Values.Length ? Format.Measured(row.Values[i]) : Format.Unknown)])]);

    private static MetricTable OfHistogram(MetricRows rows)
    {
        var (bins, (low, high)) = (ClassCounts.Bins(rows), rows.Metric.Bins);
        var columns = rows.Rows.SelectMany(row => ClassCounts.Shown(rows).Select(index => (row.Name, row.Values, Index: index))).ToArray();
        string Edge(int bin) => Format.Measured(low + ((high - low) * bin / bins));
        return new(
            CaptionOf(rows, "share of the tokens of each class; values beyond the ends count in the last bins"),
            [new("From"), new("To"), .. columns.Select(column => new TableColumn(
                string.Create(CultureInfo.InvariantCulture, $"{(column.Name.Length > 0 ? Capital(column.Name) + ", " : "")}{ClassCounts.Names[column.Index]} (of {Format.Count((long)ClassCounts.Of(column.Values, column.Index).Sum())})")))],
            [.. Enumerable.Range(0, bins).Select(bin => (IReadOnlyList<string>)[Edge(bin), Edge(bin + 1), .. columns.Select(column => Format.Percent(ClassCounts.Shares(column.Values, column.Index)[bin], 1))])]);
    }

    /// <summary>A histogram over training in one layer: mean and quantiles of each class.</summary>
    internal static MetricTable OfHistory(string title, HistogramHistory history, IReadOnlyList<int> classes) => new(
        $"{title}: mean and quantiles of each class over training, to the width of a bin",
        [new("Steps"), .. classes.SelectMany(index => new[] { "mean", "5 %", "median", "95 %" }.Select(word => new TableColumn($"{Capital(ClassCounts.Names[index])}, {word}")))],
        [.. history.Columns.Select(column => (IReadOnlyList<string>)[column.Steps, .. classes.SelectMany(index => new[] { column.Mean(index, history.Bins), column.Quantile(index, 0.05, history.Bins), column.Quantile(index, 0.5, history.Bins), column.Quantile(index, 0.95, history.Bins) }.Select(Known))])]);

    private static IEnumerable<TableColumn> ValueColumns(MetricRows rows) => rows.Rows.Select(row => new TableColumn(row.Name.Length > 0 ? Capital(row.Name) : "Value"));

    private static string CaptionOf(MetricRows rows, string shown) => $"{rows.Metric.Label}, step {Format.Count(rows.Step)}: {(rows.Metric.Unit.Length > 0 ? $"{shown} in {rows.Metric.Unit}" : shown)}";

    private static string Known(double value) => double.IsNaN(value) ? Format.Unknown : Format.Measured(value);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
