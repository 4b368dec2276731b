using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Components.Charts;

/// <summary>Training time at each step of a run, in a unit that suits its length.</summary>
internal sealed class TimeAxis
{
    private readonly IRunStore _store;
    private readonly RunId _id;
    private readonly double _unitSeconds;
    private readonly List<long> _steps = [];
    private readonly List<double> _seconds = [];

    public TimeAxis(IRunStore store, RunRecord run)
    {
        (_store, _id) = (store, run.Id);
        var whole = (run.Elapsed ?? 0) / Math.Max(RunFacts.Progress(run), 1e-3);
        (Unit, _unitSeconds) = whole switch
        {
            < 300 => ("seconds", 1),
            < 3 * 3600 => ("minutes", 60),
            _ => ("hours", 3600.0),
        };
    }

    public string Unit { get; }

    /// <summary>The last step whose time is known.</summary>
    public long LastStep => _steps.Count == 0 ? -1 : _steps[^1];

    public void ReadOn()
    {
        var series = _store.ReadSeries(_id, TrainingMetrics.Elapsed.Name, LastStep);
        _steps.AddRange(series.Steps);
        _seconds.AddRange(series.Values);
    }

    /// <summary>Time at a step: that of the last measurement up to it.</summary>
    public double At(long step)
    {
        var index = _steps.BinarySearch(step);
        index = index >= 0 ? index : ~index - 1;
        return index < 0 ? 0 : _seconds[index] / _unitSeconds;
    }

    /// <summary>Where the axis ends: when the run will be done, in two digits so that the axis rarely moves.</summary>
    public double EndOf(RunRecord run)
    {
        var now = Math.Max(run.Elapsed ?? 0, _seconds.Count == 0 ? 0 : _seconds[^1]);
        var end = (now + (RunFacts.Left(run) ?? 0)) / _unitSeconds;
        if (end <= 0)
        {
            return 1;
        }

        var digit = Math.Pow(10, Math.Floor(Math.Log10(end)) - 1);
        return Math.Ceiling(end / digit) * digit;
    }
}
