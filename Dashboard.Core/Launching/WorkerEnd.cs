using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>Sentences on how a worker ended that could not say so itself.</summary>
internal static class WorkerEnd
{
    /// <summary>Exit codes above this one stand for the signal that is the difference.</summary>
    private const int SignalBase = 128;

    private const int LinesOfAFailedStart = 5;

    /// <summary>Why a running run is interrupted.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="code">The exit code, known to the process that started the worker.</param>
    public static string WhileItRan(DataFolder folder, RunRecord run, int? code) => code switch
    {
        null => Text($"The worker ended without saying why at step {run.Step}; {LastLine(folder, run.Id)}"),
        > SignalBase => Text($"The worker was killed (signal {code - SignalBase}) at step {run.Step}."),
        _ => Text($"The worker ended with exit code {code} at step {run.Step}; {LastLine(folder, run.Id)}"),
    };

    /// <summary>Why a queued run failed to begin.</summary>
    public static string BeforeItBegan(DataFolder folder, RunId id, int code) => code > SignalBase
        ? Text($"The worker was killed (signal {code - SignalBase}) before it began. {LastWords(folder, id)}")
        : Text($"The worker ended with exit code {code} before it began. {LastWords(folder, id)}");

    /// <summary>The last lines of a run's log.</summary>
    public static string LastWords(DataFolder folder, RunId id)
    {
        var lines = WorkerProcess.LastLines(folder, id, LinesOfAFailedStart);
        return lines.Count == 0 ? "Its log is empty." : $"The last lines of its log are: {string.Join(" | ", lines)}";
    }

    private static string LastLine(DataFolder folder, RunId id)
    {
        var lines = WorkerProcess.LastLines(folder, id, 1);
        return lines.Count == 0 ? "its log is empty." : $"the last line of its log is: {lines[0]}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
