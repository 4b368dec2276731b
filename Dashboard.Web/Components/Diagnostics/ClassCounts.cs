namespace Crossbench.Web.Components.Diagnostics;

/// <summary>The layout of a histogram: counts of signal, noise and other tokens, as many bins each.</summary>
internal static class ClassCounts
{
    private const int Classes = 3;

    /// <summary>Names of the classes; the last is that of all tokens where the dataset knows no classes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["signal", "noise", "all tokens"];

    /// <summary>Number of bins.</summary>
    public static int Bins(MetricRows rows) => rows.Rows[0].Values.Length / Classes;

    /// <summary>Counts of a class.</summary>
    public static float[] Of(float[] values, int index) => values[(index * values.Length / Classes)..((index + 1) * values.Length / Classes)];

    /// <summary>Shares of a class in the bins; zeros where it has no tokens.</summary>
    public static double[] Shares(float[] values, int index)
    {
        var counts = Of(values, index);
        var sum = Math.Max(1.0, counts.Sum());
        return Array.ConvertAll(counts, count => count / sum);
    }

    /// <summary>Classes to show: signal and noise where there are any, else all tokens.</summary>
    public static IReadOnlyList<int> Shown(MetricRows rows)
    {
        bool Has(int index) => rows.Rows.Any(row => Of(row.Values, index).Sum() > 0);
        var known = Enumerable.Range(0, Classes - 1).Where(Has).ToArray();
        return known.Length > 0 ? known : [.. Enumerable.Range(Classes - 1, 1).Where(Has)];
    }
}
