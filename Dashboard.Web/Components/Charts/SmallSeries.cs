using Crossbench.Metrics;
using Crossbench.Runs;

namespace Crossbench.Web.Components.Charts;

/// <summary>One metric of a run as a small line: reads on from where it stopped.</summary>
public sealed class SmallSeries(IRunStore store, RunId run, MetricSpec metric, Func<double?, string> format)
{
    private readonly DownsampledLine _line = new(240);
    private long _cursor = -1;
    private double? _last;

    public MetricSpec Metric { get; } = metric;

    /// <summary>The values to draw.</summary>
    public IReadOnlyList<double> Values { get; private set; } = [];

    /// <summary>The latest value, as shown.</summary>
    public string Latest => format(_last);

    public void ReadOn()
    {
        var series = store.ReadSeries(run, Metric.Name, _cursor);
        if (series.Count == 0)
        {
            return;
        }

        _cursor = series.LastStepOr(_cursor);
        _last = series.Values[^1];
        _line.Append(series.Steps.Zip(series.Values, (step, value) => new LinePoint(step, value)));
        Values = [.. _line.Points.Select(point => point.Y)];
    }
}
