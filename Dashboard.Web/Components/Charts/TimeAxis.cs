using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Components.Charts;

/// <summary>Training time at each step of a run, in a unit that suits all runs of a chart.</summary>
internal sealed class TimeAxis(IRunStore store, RunId id, double unitSeconds)
{
    /// <summary>As many steps of a run have a time here; between them it is interpolated. A chart has a quarter as many pixel columns.</summary>
    internal const int MostKnown = 4096;
    private readonly List<long> _steps = [];
    private readonly List<double> _seconds = [];

    /// <summary>The last step whose time is known.</summary>
    public long LastStep => _steps.Count == 0 ? -1 : _steps[^1];

    /// <summary>Number of steps whose time is kept.</summary>
    internal int Known => _steps.Count;

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
        if (_steps.Count > 2 * MostKnown)
        {
            Thin();
        }
    }

    /// <summary>Time at a step: between two measurements as if their steps took equally long, and that of the last one behind it.</summary>
    public double At(long step)
    {
        var index = _steps.BinarySearch(step);
        index = index >= 0 ? index : ~index - 1;
        return index < 0 ? 0
            : index == _steps.Count - 1 ? _seconds[index] / unitSeconds
            : double.Lerp(_seconds[index], _seconds[index + 1], (double)(step - _steps[index]) / (_steps[index + 1] - _steps[index])) / unitSeconds;
    }

    /// <summary>The step that was under way at a time; behind the last measurement as the pace so far lets expect.</summary>
    public double StepAt(double time)
    {
        var seconds = time * unitSeconds;
        if (_seconds.Count == 0 || seconds > _seconds[^1])
        {
            return LastStep + (_seconds is [.., > 0 and var last] ? Math.Max(1, (seconds - last) * LastStep / last) : 1 + Math.Max(0, seconds));
        }

        var index = _seconds.BinarySearch(seconds);
        index = index >= 0 ? index : ~index;
        return index == 0 || _seconds[index] == seconds ? _steps[index] : double.Lerp(_steps[index - 1], _steps[index], (seconds - _seconds[index - 1]) / (_seconds[index] - _seconds[index - 1]));
    }

    // Evenly over the steps, so that no part of a long run gets coarser than another.
    private void Thin()
    {
        var gap = (_steps[^1] - _steps[0]) / MostKnown;
        var kept = 0;
        for (var i = 1; i < _steps.Count; i++)
        {
            if (_steps[i] - _steps[kept] >= gap || i == _steps.Count - 1)
            {
                kept++;
                (_steps[kept], _seconds[kept]) = (_steps[i], _seconds[i]);
            }
        }

        _steps.RemoveRange(kept + 1, _steps.Count - kept - 1);
        _seconds.RemoveRange(kept + 1, _seconds.Count - kept - 1);
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
