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

    /// <summary>
    /// What becomes of a running run whose worker is dead: stopped when that was asked of it, else interrupted. It goes on from its latest checkpoint either way.
    /// </summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="run">The run, with what was asked of it and why it was killed, if it was.</param>
    /// <param name="code">The exit code, known to the process that started the worker.</param>
    public static (RunStatus Status, string Reason) Settle(DataFolder folder, RunRecord run, int? code)
    {
        var status = run.Command == RunCommand.Stop ? RunStatus.Stopped : RunStatus.Interrupted;
        var reason = run.KillReason is { } why ? Text($"The worker was killed at step {run.Step}: {why}.") : WhileItRan(folder, run, code);
        return (status, status == RunStatus.Stopped && run.KillReason is null ? $"Stop was asked for. {reason}" : reason);
    }

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

    /// <summary>Whether an exit code stands for a signal.</summary>
    public static bool IsKilled(int code) => code > SignalBase;

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
