using System.CommandLine;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>pause</c>: running runs save a checkpoint and give their slot to the next.</summary>
internal static class PauseCommand
{
    public static Command Create() => ControlCommand.Create(
        "pause",
        "Pauses running runs: each saves a checkpoint after its step and can be resumed to the same numbers. Example: pause my-run.",
        async (control, run) => run.Status != RunStatus.Running
            ? new RunAction(run, false, $"It is {run.Status.ToString().ToLowerInvariant()}. Only a running run can be paused{(run.Status == RunStatus.Queued ? $"; take it out of the queue with: stop {run.Id}" : "")}.")
            : await control.Launcher.PauseAsync(run.Id) ? await control.AnswerAsync(run) : control.ChangedMeanwhile(run));
}
