using Crossbench.Metrics;

namespace Crossbench.Reports.TransBench;

/// <summary>Series turned into one value for each step, as TransBench keeps them: index 0 is the first step.</summary>
internal static class StepValues
{
    /// <summary>Steps beyond which a list with one value each is not made; the series themselves are in the report anyway.</summary>
    public const long Most = 5_000_000;

    /// <summary>A value for each step, NaN where none was measured; null when there is no series, or too many steps.</summary>
    public static double[]? Of(MetricSeries series, long steps)
    {
        if (series.Count == 0 || steps is < 1 or > Most)
        {
            return null;
        }

        var values = new double[steps];
        Array.Fill(values, double.NaN);
        for (var i = 0; i < series.Count; i++)
        {
            if (series.Steps[i] >= 1 && series.Steps[i] <= steps)
            {
                values[series.Steps[i] - 1] = series.Values[i];
            }
        }

        return values;
    }

    /// <summary>The series of means over several series, at the steps that all of them have.</summary>
    public static MetricSeries MeanOf(IReadOnlyList<MetricSeries> all) => Join(all, values => values.Average());

    /// <summary>The series of sums over several series, at the steps that all of them have.</summary>
    public static MetricSeries SumOf(IReadOnlyList<MetricSeries> all) => Join(all, values => values.Sum());

    /// <summary>Mean of the values after a step; null when there are none.</summary>
    public static double? MeanAfter(MetricSeries series, long step)
    {
        var values = series.Values.Where((_, i) => series.Steps[i] > step).ToArray();
        return values.Length == 0 ? null : values.Average();
    }

    /// <summary>A percentile by linear interpolation between ranks; null of no values.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <param name="share">0 to 1.</param>
    public static double? Percentile(IReadOnlyCollection<double> values, double share)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var sorted = values.Order().ToArray();
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }

    private static MetricSeries Join(IReadOnlyList<MetricSeries> all, Func<IEnumerable<double>, double> join)
    {
        if (all.Count == 0)
        {
            return MetricSeries.Empty;
        }

        var maps = all.Select(series => Enumerable.Range(0, series.Count).ToDictionary(i => series.Steps[i], i => series.Values[i])).ToArray();
        var steps = all[0].Steps.Where(step => maps.All(map => map.ContainsKey(step))).ToArray();
        return new MetricSeries(steps, Array.ConvertAll(steps, step => join(maps.Select(map => map[step]))));
    }
}
