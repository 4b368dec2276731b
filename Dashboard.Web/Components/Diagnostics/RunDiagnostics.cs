using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>One scalar metric of a run over training: a line, or one each layer.</summary>
/// <param name="Metric">What it is.</param>
/// <param name="Lines">The lines, by layer where it belongs to layers.</param>
public sealed record MetricLines(MetricSpec Metric, IReadOnlyList<SmallSeries> Lines);

/// <summary>The latest measurement of a metric that is not one number, by layer where it belongs to layers.</summary>
/// <param name="Metric">What it is.</param>
/// <param name="Step">Step of the measurement.</param>
/// <param name="Rows">Values; a row each layer.</param>
public sealed record MetricRows(MetricSpec Metric, long Step, IReadOnlyList<(string Name, float[] Values)> Rows);

/// <summary>
/// Everything that a run reports beside its loss, as far as it has been measured, in the order of declaration. Reads on from its cursors, at most once a
/// second: there can be a hundred series.
/// </summary>
internal sealed class RunDiagnostics(IRunStore store, RunRecord run, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly HashSet<string> Elsewhere = [.. new[]
    {
        TrainingMetrics.TrainLoss, TrainingMetrics.EvalLoss, TrainingMetrics.LearningRate, TrainingMetrics.GradientNorm, TrainingMetrics.TokensPerSecond, TrainingMetrics.Elapsed,
    }.Select(metric => metric.Name)];

    private readonly MetricSpec[] _declared = [.. TrainingMetrics.Of(run.Spec).Where(metric => !Elsewhere.Contains(metric.Name))];
    private readonly Dictionary<string, SmallSeries> _series = [];
    private readonly Dictionary<string, MetricSnapshot> _latest = [];
    private long _read;
    private long _step = -1;

    /// <summary>Scalars that have been measured.</summary>
    public IReadOnlyList<MetricLines> Lines { get; private set; } = [];

    /// <summary>Vectors, histograms and strips that have been measured.</summary>
    public IReadOnlyList<MetricRows> Rows { get; private set; } = [];

    /// <summary>Token ids of the sample that strips belong to.</summary>
    public float[] Sample => _latest.GetValueOrDefault(TrainingMetrics.SampleTokens.Name)?.Values ?? [];

    /// <summary>Number of metrics that have been measured.</summary>
    public int Count => Lines.Count + Rows.Count;

    /// <summary>Reads what was recorded since the last call, unless that was a moment ago and the run goes on.</summary>
    public void ReadOn(RunRecord now)
    {
        var isDue = _read == 0 || time.GetElapsedTime(_read) >= Pause || now.Status.IsEnded();
        if (!isDue || (now.Step == _step && !now.Status.IsEnded()))
        {
            return;
        }

        (_read, _step) = (time.GetTimestamp(), now.Step);
        var present = store.Metrics(run.Id).ToHashSet();
        Lines = [.. _declared.Where(metric => metric.Form == MetricForm.Scalar).Select(metric => new MetricLines(metric, [.. Series(metric, present)])).Where(item => item.Lines.Count > 0)];
        Rows = [.. _declared.Where(metric => metric.Form != MetricForm.Scalar && metric.Name != TrainingMetrics.SampleTokens.Name).Select(Latest).OfType<MetricRows>()];
        Read(TrainingMetrics.SampleTokens.Name);
    }

    private IEnumerable<SmallSeries> Series(MetricSpec metric, HashSet<string> present)
    {
        foreach (var name in Names(metric).Where(present.Contains))
        {
            if (!_series.TryGetValue(name, out var series))
            {
                _series[name] = series = new SmallSeries(store, run.Id, metric with { Name = name }, Format.Measured);
            }

            series.ReadOn();
            yield return series;
        }
    }

    private MetricRows? Latest(MetricSpec metric)
    {
        var rows = Names(metric).Select((name, layer) => (Name: metric.Scope == MetricScope.Model ? "" : $"layer {layer}", Snapshot: Read(name))).Where(row => row.Snapshot is not null).ToArray();
        return rows.Length == 0 ? null : new MetricRows(metric, rows[^1].Snapshot!.Step, [.. rows.Select(row => (row.Name, row.Snapshot!.Values))]);
    }

    private MetricSnapshot? Read(string name)
    {
        if (store.ReadLatestSnapshot(run.Id, name) is { } snapshot)
        {
            _latest[name] = snapshot;
        }

        return _latest.GetValueOrDefault(name);
    }

    private IEnumerable<string> Names(MetricSpec metric) =>
        metric.Scope == MetricScope.Model ? [metric.Name] : Enumerable.Range(0, run.Spec.Shape.Layers).Select(layer => $"layer{layer}.{metric.Name}");
}
