using Crossbench.Metrics;
using Crossbench.Runs;

namespace Crossbench.Web.Components.Charts;

/// <summary>What a table says of one series.</summary>
/// <param name="Count">Number of points.</param>
/// <param name="FirstStep">Step of the first.</param>
/// <param name="LastStep">Step of the last.</param>
/// <param name="First">Value of the first.</param>
/// <param name="Last">Value of the last.</param>
/// <param name="Low">Smallest finite value; not a number where there is none.</param>
/// <param name="High">Largest finite value.</param>
public readonly record struct SeriesSummary(int Count, long FirstStep, long LastStep, double First, double Last, double Low, double High)
{
    /// <summary>That of a series without points.</summary>
    public static SeriesSummary None { get; } = new(0, -1, -1, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>The same with points after it.</summary>
    public SeriesSummary With(MetricSeries later)
    {
        if (later.Count == 0)
        {
            return this;
        }

        var finite = later.Values.Append(Low).Append(High).Where(double.IsFinite).DefaultIfEmpty(double.NaN).ToArray();
        return new(
            Count + later.Count, Count == 0 ? later.Steps[0] : FirstStep, later.Steps[^1], Count == 0 ? later.Values[0] : First, later.Values[^1], finite.Min(), finite.Max());
    }
}

/// <summary>One metric of a run as a small line: reads on from where it stopped.</summary>
public sealed class SmallSeries(IRunStore store, RunId run, MetricSpec metric, Func<double?, string> format)
{
    private readonly DownsampledLine _line = new(240);
    private long _cursor = -1;

    public MetricSpec Metric { get; } = metric;

    /// <summary>The values to draw.</summary>
    public IReadOnlyList<double> Values { get; private set; } = [];

    /// <summary>The points to draw, by step.</summary>
    public IReadOnlyList<LinePoint> Points => _line.Points;

    /// <summary>Both ends and both extremes of all points.</summary>
    public SeriesSummary Summary { get; private set; } = SeriesSummary.None;

    /// <summary>The latest value, as shown.</summary>
    public string Latest => format(Summary.Count == 0 ? null : Summary.Last);

    public void ReadOn()
    {
        var series = store.ReadSeries(run, Metric.Name, _cursor);
        if (series.Count == 0)
        {
            return;
        }

        _cursor = series.LastStepOr(_cursor);
        Summary = Summary.With(series);
        _line.Append(series.Steps.Zip(series.Values, (step, value) => new LinePoint(step, value)));
        Values = [.. _line.Points.Select(point => point.Y)];
    }
}
