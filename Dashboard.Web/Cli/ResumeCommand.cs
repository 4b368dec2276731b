using System.CommandLine;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>resume</c>: queues ended runs again, from their latest checkpoint or from the start.</summary>
internal static class ResumeCommand
{
    private static readonly Option<bool> FromStart = new("--from-start") { Description = "Forgets checkpoints and curves and begins anew; also for completed and diverged runs." };

    public static Command Create()
    {
        var command = ControlCommand.Create(
            "resume",
            "Queues paused, stopped, interrupted and failed runs again; they go on from their latest checkpoint. Examples: resume my-run; resume 00t3a --from-start.",
            async (control, run) =>
            {
                var fromStart = control.Parsed.GetValue(FromStart);
                if (run.Source.Length > 0 || !run.Status.IsEnded() || !(fromStart || run.Status.CanGoOn()))
                {
                    return new RunAction(run, false, Why(run));
                }

                return await (fromStart ? control.Launcher.RestartAsync(run.Id) : control.Launcher.ResumeAsync(run.Id))
                    ? new RunAction(run, true, $"queued {(fromStart || run.Step == 0 ? "from the start" : "to go on")}.{control.QueueNote}")
                    : control.ChangedMeanwhile(run);
            });
        command.Options.Add(FromStart);
        return command;
    }

    private static string Why(RunRecord run) => run.Source.Length > 0 ? $"It was imported from {run.Source}; there is nothing to go on from. Train it here with: clone {run.Id}" : run.Status switch
    {
        RunStatus.Completed => $"It is completed. Repeat it with --from-start, or make another: clone {run.Id}",
        RunStatus.Diverged => $"It diverged, and would again from the same checkpoint. Begin anew with --from-start, or with other settings: clone {run.Id} --set training.learningRate=…",
        _ => $"It is {run.Status.ToString().ToLowerInvariant()} already.",
    };
}
