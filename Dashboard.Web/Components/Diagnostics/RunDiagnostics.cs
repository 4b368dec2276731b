using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>One scalar metric of a run over training: a line, or one each layer.</summary>
/// <param name="Metric">What it is.</param>
/// <param name="Lines">The lines, with their layer where the metric belongs to layers.</param>
public sealed record MetricLines(MetricSpec Metric, IReadOnlyList<(int? Layer, SmallSeries Series)> Lines)
{
    /// <summary>The ends of its range without an effect, as metrics of their own; empty where they are not measured.</summary>
    public IReadOnlyList<MetricLines> NullEnds { get; init; } = [];

    /// <summary>The range that holds it without an effect: the widest of the layers' at their latest measurement.</summary>
    public (double Low, double High)? NullRange => NullEnds is [var low, var high]
        ? (low.Lines.Min(line => line.Series.Summary.Last), high.Lines.Max(line => line.Series.Summary.Last))
        : null;
}

/// <summary>The latest measurement of a metric that is not one number, by layer where it belongs to layers.</summary>
/// <param name="Metric">What it is.</param>
/// <param name="Step">Step of the measurement.</param>
/// <param name="Rows">Values; a row each layer, or each part of a vector that has parts.</param>
public sealed record MetricRows(MetricSpec Metric, long Step, IReadOnlyList<(string Name, float[] Values)> Rows);

/// <summary>
/// Everything that a run reports beside its loss, as far as it has been measured, in the order of declaration. Reads on from its cursors, at most once a
/// second: there can be a hundred series.
/// </summary>
internal sealed class RunDiagnostics(IRunStore store, DataFolder folder, RunRecord run, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly HashSet<string> Elsewhere = [.. new[]
    {
        TrainingMetrics.TrainLoss, TrainingMetrics.EvalLoss, TrainingMetrics.LearningRate, TrainingMetrics.GradientNorm, TrainingMetrics.TokensPerSecond, TrainingMetrics.Elapsed,
    }.Select(metric => metric.Name)];

    private readonly MetricSpec[] _declared = [.. TrainingMetrics.Of(run.Spec).Where(metric => !Elsewhere.Contains(metric.Name))];
    private readonly Dictionary<string, SmallSeries> _series = [];
    private readonly Dictionary<string, MetricSnapshot> _latest = [];
    private readonly Dictionary<string, HistogramHistory> _histories = [];
    private long _read;
    private long _step = -1;
    private MetricSnapshot? _decoded;

    /// <summary>Scalars that have been measured.</summary>
    public IReadOnlyList<MetricLines> Lines { get; private set; } = [];

    /// <summary>Vectors, histograms and strips that have been measured.</summary>
    public IReadOnlyList<MetricRows> Rows { get; private set; } = [];

    /// <summary>The sample that strips belong to.</summary>
    public SampleText Sample { get; private set; } = SampleText.None;

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
        Lines = WithNulls([.. _declared.Where(metric => metric.Form == MetricForm.Scalar).Select(metric => new MetricLines(metric, [.. Series(metric, present)])).Where(item => item.Lines.Count > 0)]);
        Rows = [.. _declared.Where(metric => metric.Form != MetricForm.Scalar && metric.Name != TrainingMetrics.SampleTokens.Name).Select(Latest).OfType<MetricRows>()];
        ReadSample();
    }

    /// <summary>A histogram over training, in one layer.</summary>
    public HistogramHistory History(MetricSpec metric, int row)
    {
        var name = Names(metric).ElementAt(row).Name;
        if (!_histories.TryGetValue(name, out var history))
        {
            _histories[name] = history = new HistogramHistory(store, run.Id, name, metric.Bins);
        }

        history.ReadOn(_step);
        return history;
    }

    // The ends of a range belong to the metric whose range it is.
    private static MetricLines[] WithNulls(IReadOnlyList<MetricLines> all)
    {
        var byName = all.ToDictionary(item => item.Metric.Name);
        var joined = all.Select(item => item.Metric.NullRange is { } names && byName.TryGetValue(names.Low, out var low) && byName.TryGetValue(names.High, out var high) ? item with { NullEnds = [low, high] } : item).ToArray();
        var ends = joined.SelectMany(item => item.NullEnds).ToHashSet();
        return [.. joined.Where(item => !ends.Contains(item))];
    }

    // It is the same sequence all the time; only what differs is decoded again.
    private void ReadSample()
    {
        if (Read(TrainingMetrics.SampleTokens.Name) is { } sample && (_decoded is null || !sample.Values.AsSpan().SequenceEqual(_decoded.Values)))
        {
            (_decoded, Sample) = (sample, SampleText.Of(run.Spec, folder, sample.Values));
        }
    }

    private IEnumerable<(int? Layer, SmallSeries Series)> Series(MetricSpec metric, HashSet<string> present)
    {
        foreach (var (name, layer) in Names(metric).Where(item => present.Contains(item.Name)))
        {
            if (!_series.TryGetValue(name, out var series))
            {
                _series[name] = series = new SmallSeries(store, run.Id, metric with { Name = name }, Format.Measured);
            }

            series.ReadOn();
            yield return (layer, series);
        }
    }

    private MetricRows? Latest(MetricSpec metric)
    {
        var rows = Names(metric).Select(item => (item.Layer, Snapshot: Read(item.Name))).Where(row => row.Snapshot?.Values.Length > 0).ToArray();
        return rows.Length == 0 ? null : new MetricRows(metric, rows[^1].Snapshot!.Step, [.. rows.SelectMany(row => Parts(metric, row.Layer is { } layer ? $"layer {layer}" : "", row.Snapshot!.Values))]);
    }

    private IEnumerable<(string Name, float[] Values)> Parts(MetricSpec metric, string name, float[] values)
    {
        var parts = metric.Form == MetricForm.Vector ? metric.Columns.Parts(values.Length, run.Spec.Shape.ContextLength) : 1;
        return parts <= 1 ? [(name, values)] : values.Chunk(values.Length / parts).Select((part, i) => ($"{name} {metric.Columns.PartTitle} {i}".Trim(), part));
    }

    private MetricSnapshot? Read(string name)
    {
        if (store.ReadLatestSnapshot(run.Id, name) is { } snapshot)
        {
            _latest[name] = snapshot;
        }

        return _latest.GetValueOrDefault(name);
    }

    private IEnumerable<(string Name, int? Layer)> Names(MetricSpec metric) =>
        metric.Scope == MetricScope.Model ? [(metric.Name, null)] : Enumerable.Range(0, run.Spec.Shape.Layers).Select(layer => ($"layer{layer}.{metric.Name}", (int?)layer));
}
