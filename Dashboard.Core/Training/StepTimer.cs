using Crossbench.Metrics;

namespace Crossbench.Training;

/// <summary>A part of a training step, for the time it takes.</summary>
internal enum StepPhase
{
    Data,
    Forward,
    Backward,
    Update,
    Logging,
}

/// <summary>
/// Where the time of steps goes. The first steps after a start are warm-up (kernels are prepared, memory is touched for the first time) and not counted;
/// nor are steps that look into the model, unless all do. Evaluations and checkpoints are outside. It reads the clock six times a step.
/// </summary>
internal sealed class StepTimer(TimeProvider time, bool countsEveryStep)
{
    /// <summary>Steps after a start that are not counted.</summary>
    public const int WarmupSteps = 5;

    private readonly double[] _step = new double[Enum.GetValues<StepPhase>().Length];
    private readonly double[] _sums = new double[Enum.GetValues<StepPhase>().Length];
    private readonly DurationHistogram _all = new();
    private long _begun;
    private long _summed;
    private double _seconds;
    private long _tokens;
    private bool _counts;
    private long _mark;

    /// <summary>Begins a step.</summary>
    /// <param name="looksInside">Whether it measures what other steps do not.</param>
    public void Begin(bool looksInside)
    {
        _begun++;
        _counts = _begun > WarmupSteps && (countsEveryStep || !looksInside);
        Array.Clear(_step);
        _mark = time.GetTimestamp();
    }

    /// <summary>Ends a phase.</summary>
    public void Mark(StepPhase phase)
    {
        var now = time.GetTimestamp();
        _step[(int)phase] += time.GetElapsedTime(_mark, now).TotalSeconds;
        _mark = now;
    }

    /// <summary>Ends the step.</summary>
    /// <param name="tokens">Tokens that it trained on.</param>
    public void End(long tokens)
    {
        if (!_counts)
        {
            return;
        }

        for (var phase = 0; phase < _sums.Length; phase++)
        {
            _sums[phase] += _step[phase];
        }

        var total = _step.Sum();
        _all.Add(total);
        _summed++;
        _seconds += total;
        _tokens += tokens;
    }

    /// <summary>Mean time of each phase since the last call, and over all counted steps median, 95th percentile and speed; nothing before any was counted.</summary>
    public IReadOnlyList<MetricPoint> Take(long step)
    {
        if (_summed == 0)
        {
            return [];
        }

        var points = TrainingMetrics.StepTimes.Select((metric, phase) => new MetricPoint(metric.Name, step, 1000 * _sums[phase] / _summed)).ToList();
        points.Add(new MetricPoint(TrainingMetrics.StepMedian.Name, step, 1000 * _all.Quantile(0.5)));
        points.Add(new MetricPoint(TrainingMetrics.StepPercentile.Name, step, 1000 * _all.Quantile(0.95)));
        points.Add(new MetricPoint(TrainingMetrics.SteadyTokensPerSecond.Name, step, _tokens / _seconds));
        Array.Clear(_sums);
        _summed = 0;
        return points;
    }
}
