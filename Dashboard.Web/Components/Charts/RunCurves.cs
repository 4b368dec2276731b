using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Components.Charts;

/// <summary>
/// The loss of one run as lines of a chart. Reads on from where it stopped, so that a change costs only the new points; another view reads anew.
/// </summary>
internal sealed class RunCurves
{
    // About as many points as a wide screen has pixel columns, twice over: a smallest and a largest value each.
    private const int PointsPerLine = 2000;
    private readonly IRunStore _store;
    private readonly RunRecord _run;
    private readonly TimeAxis _time;
    private DownsampledLine _raw = new(PointsPerLine);
    private DownsampledLine _smooth = new(PointsPerLine);
    private DebiasedAverage _average = new(0);
    private long _lossCursor = -1;
    private long _evaluationCursor = -1;

    public RunCurves(IRunStore store, RunRecord run)
    {
        (_store, _run, _time) = (store, run, new TimeAxis(store, run));
        var colour = RunFacts.Colour(run.Spec.Architecture.Id);
        Raw = new ChartLine("raw", colour, LineLook.Raw);
        Smooth = new ChartLine("train", colour, LineLook.Smooth);
        Evaluations = new ChartLine("eval", "--text-1", LineLook.Points);
        View = CurveView.Default;
        Show(View);
    }

    public ChartLine Raw { get; }

    public ChartLine Smooth { get; }

    public ChartLine Evaluations { get; }

    public IReadOnlyList<ChartLine> Lines => [Raw, Smooth, Evaluations];

    public CurveView View { get; private set; }

    /// <summary>The evaluation that was read last.</summary>
    public EvaluationRecord? Latest { get; private set; }

    /// <summary>Name of what the horizontal axis counts, with its unit.</summary>
    public string AxisName => View.Axis switch
    {
        CurveAxis.Tokens => "tokens",
        CurveAxis.Time => _time.Unit,
        _ => "step",
    };

    /// <summary>Forgets all points and reads them again in another view.</summary>
    public void Show(CurveView view)
    {
        View = view;
        (_raw, _smooth, _average) = (new DownsampledLine(PointsPerLine), new DownsampledLine(PointsPerLine), new DebiasedAverage(view.Smoothing));
        (_lossCursor, _evaluationCursor, Latest) = (-1, -1, null);
        Raw.Write(0, []);
        Smooth.Write(0, []);
        Evaluations.Write(0, []);
    }

    /// <summary>Reads what was recorded since the last call.</summary>
    public void ReadOn()
    {
        if (View.Axis == CurveAxis.Time)
        {
            _time.ReadOn();
        }

        var series = _store.ReadSeries(_run.Id, TrainingMetrics.TrainLoss.Name, _lossCursor);
        var count = View.Axis == CurveAxis.Time ? series.Steps.Count(step => step <= _time.LastStep) : series.Count;
        if (count > 0)
        {
            _lossCursor = series.Steps[count - 1];
            var points = Enumerable.Range(0, count).Select(i => new LinePoint(X(series.Steps[i]), series.Values[i])).ToArray();
            Raw.Write(_raw.Append(points), _raw);
            Smooth.Write(_smooth.Append(points.Select(point => point with { Y = _average.Next(point.Y) })), _smooth);
        }

        var evaluations = _store.ReadEvaluations(_run.Id, _evaluationCursor).Where(evaluation => evaluation.Set == Evaluated.OwnSet).ToArray();
        if (evaluations.Length > 0)
        {
            Latest = evaluations[^1];
            _evaluationCursor = Latest.Step;
            Evaluations.Write(Evaluations.Points.Count, evaluations.Select(item => new WhiskerPoint(X(item.Step), item.Loss, item.Low, item.High)));
        }
    }

    /// <summary>Axes and reference lines for the run as it is now.</summary>
    public ChartFrame FrameOf(RunRecord run)
    {
        ChartReference?[] references =
        [
            run.Chance is { } chance ? new ChartReference("chance", chance) : null,
            run.Floor is { } floor ? new ChartReference("floor", floor) : null,
        ];
        var shown = references.OfType<ChartReference>().ToArray();
        var end = View.Axis == CurveAxis.Time ? _time.EndOf(run) : X(run.Spec.Training.Steps);
        return new ChartFrame
        {
            X = (0, end),
            Y = ChartFrame.RangeOf(Values(), shown, View.IsLog),
            IsLog = View.IsLog,
            XFormat = View.Axis == CurveAxis.Tokens ? "~s" : ",",
            UnspentFrom = run.Status == RunStatus.Completed || (View.Axis == CurveAxis.Time && run.Status.IsEnded()) ? null : Raw.Points.Count == 0 ? 0 : Math.Max(X(run.Step), Raw.Points[^1].X),
            References = shown,
        };
    }

    private IEnumerable<double> Values() => Raw.Points.Select(point => point.Y).Concat(Evaluations.Points.SelectMany(point => new[] { point.Low, point.Y, point.High }));

    private double X(long step) => View.Axis switch
    {
        CurveAxis.Tokens => step * (double)RunFacts.TokensPerStep(_run),
        CurveAxis.Time => _time.At(step),
        _ => step,
    };
}
