using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;

namespace Crossbench.Web.Components.Charts;

/// <summary>One metric of one run along an axis: its pixel columns, read on as points come.</summary>
internal sealed class RunCurve
{
    private readonly IRunStore _store;
    private readonly TimeAxis? _time;
    private readonly double _perStep;
    private readonly CurveAxis _axis;
    private DateTimeOffset? _startedAt;
    private long? _stepAtStart;

    public RunCurve(IRunStore store, CurveSource source, CurveAxis axis, double unitSeconds)
    {
        (_store, _axis, Source, Run, _startedAt) = (store, axis, source, source.Run, source.Run.StartedAt);
        _perStep = axis switch
        {
            CurveAxis.Tokens => RunFacts.TokensPerStep(Run),
            CurveAxis.Flops => RunFacts.TokensPerStep(Run) * new RunResult { Run = Run }.Cost.TrainingFlops,
            _ => 1,
        };
        _time = axis == CurveAxis.Time ? new TimeAxis(store, Run.Id, unitSeconds) : null;
        _time?.ReadOn();
        Columns = new SeriesColumns([0, 0]);
    }

    public CurveSource Source { get; }

    /// <summary>The run as it was when it was last looked at.</summary>
    public RunRecord Run { get; private set; }

    public SeriesColumns Columns { get; private set; }

    /// <summary>Where the axis ends for this run: where it would be done.</summary>
    public double End => _time?.EndOf(Run) ?? (Math.Max(Run.Spec.Training.Steps, Run.Step) * _perStep);

    /// <summary>The position of the first step.</summary>
    public double Start => _time is { } time ? Math.Max(time.At(1), 1e-3) : _perStep;

    /// <summary>How far the run has come.</summary>
    public double Now => X(Math.Max(Run.Step, Columns.LastStep));

    /// <summary>Begins anew with columns over a part of the axis.</summary>
    public SeriesColumns Begin(double from, double to, int count, double smoothing, bool means, bool isLog)
    {
        var edges = _time is { } time ? StepColumns.Of(from, to, count, i => isLog ? from * Math.Pow(to / from, (double)i / count) : from + ((to - from) * i / count), time.StepAt)
            : isLog ? StepColumns.Logarithmic(from, to, count, _perStep) : StepColumns.Linear(from, to, count, _perStep);
        return Columns = new SeriesColumns(edges, smoothing, means);
    }

    /// <summary>Reads what was recorded since the last call.</summary>
    /// <returns>False when what was read no longer holds: the run went back to a checkpoint, or is gone.</returns>
    public bool ReadOn()
    {
        if (_store.Find(Run.Id) is not { } now || GoesOnFromCheckpoint(now))
        {
            return false;
        }

        Run = now;
        _time?.ReadOn();
        var series = _store.ReadSeries(Run.Id, Source.Metric, Columns.LastStep);
        Columns.Append(series.Steps, series.Values);
        return true;
    }

    public double X(double step) => _time is { } time ? time.At((long)step) : step * _perStep;

    /// <summary>Smallest and largest value of each column, in the order of their steps; a gap where there is none.</summary>
    public IEnumerable<WhiskerPoint> Raw()
    {
        foreach (var column in All())
        {
            var (first, second) = column.Low.X <= column.High.X ? (column.Low, column.High) : (column.High, column.Low);
            yield return Point(first);
            if (second != first && double.IsFinite(second.Y))
            {
                yield return Point(second);
            }
        }
    }

    /// <summary>The running mean, or the mean of each column when nothing is smoothed.</summary>
    public IEnumerable<LinePoint> Middle() => All().Select(column => Columns.Smoothing > 0 ? column.Smooth : column.Mean).Select(point => point with { X = X(point.X) });

    private IEnumerable<SeriesColumn> All()
    {
        var all = Columns.Columns;
        all = Columns.Before is { } before ? all.Prepend(before) : all;
        return Columns.After is { } after ? all.Append(after) : all;
    }

    private WhiskerPoint Point(LinePoint point) => new(X(point.X), point.Y, point.Y, point.Y);

    // A worker that goes on from a checkpoint first takes back what was recorded after it: from its first step on, all has to be read again.
    private bool GoesOnFromCheckpoint(RunRecord run)
    {
        if (run.StartedAt != _startedAt)
        {
            (_startedAt, _stepAtStart) = (run.StartedAt, run.Step);
        }

        if (_stepAtStart is not { } step || run.Step == step)
        {
            return run.Step < Run.Step;
        }

        _stepAtStart = null;
        return true;
    }
}
