using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Components.Charts;

/// <summary>Training time at each step of a run, in a unit that suits all runs of a chart.</summary>
internal sealed class TimeAxis(IRunStore store, RunId id, double unitSeconds)
{
    private readonly List<long> _steps = [];
    private readonly List<double> _seconds = [];

    /// <summary>The last step whose time is known.</summary>
    public long LastStep => _steps.Count == 0 ? -1 : _steps[^1];

    /// <summary>A unit that suits the longest of some runs, and its seconds.</summary>
    public static (string Name, double Seconds) UnitOf(IEnumerable<RunRecord> runs) => runs.Select(run => (run.Elapsed ?? 0) / Math.Max(RunFacts.Progress(run), 1e-3)).DefaultIfEmpty().Max() switch
    {
        < 300 => ("seconds", 1),
        < 3 * 3600 => ("minutes", 60),
        _ => ("hours", 3600.0),
    };

    public void ReadOn()
    {
        var series = store.ReadSeries(id, TrainingMetrics.Elapsed.Name, LastStep);
        _steps.AddRange(series.Steps);
        _seconds.AddRange(series.Values);
    }

    /// <summary>Time at a step: that of the last measurement up to it.</summary>
    public double At(long step)
    {
        var index = _steps.BinarySearch(step);
        index = index >= 0 ? index : ~index - 1;
        return index < 0 ? 0 : _seconds[index] / unitSeconds;
    }

    /// <summary>The first step that was measured at a time or later; behind the last one as the pace so far lets expect.</summary>
    public double StepAt(double time)
    {
        var seconds = time * unitSeconds;
        if (_seconds.Count == 0 || seconds > _seconds[^1])
        {
            return LastStep + (_seconds is [.., > 0 and var last] ? Math.Max(1, (seconds - last) * LastStep / last) : 1 + Math.Max(0, seconds));
        }

        var index = _seconds.BinarySearch(seconds);
        return _steps[index >= 0 ? index : ~index];
    }

    /// <summary>Where the axis ends: when the run will be done, in two digits so that the axis rarely moves.</summary>
    public double EndOf(RunRecord run)
    {
        var now = Math.Max(run.Elapsed ?? 0, _seconds.Count == 0 ? 0 : _seconds[^1]);
        var end = (now + (RunFacts.Left(run) ?? 0)) / unitSeconds;
        if (end <= 0)
        {
            return 1;
        }

        var digit = Math.Pow(10, Math.Floor(Math.Log10(end)) - 1);
        return Math.Ceiling(end / digit) * digit;
    }
}
