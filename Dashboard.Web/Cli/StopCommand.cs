using System.CommandLine;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>stop</c>: ends running runs, takes queued ones out of the queue, and ends paused ones.</summary>
internal static class StopCommand
{
    private static readonly Option<bool> Now = new("--now") { Description = "Kills the workers at once, also ones that hang; what they did since their latest checkpoint is done again on resume." };

    public static Command Create()
    {
        var command = ControlCommand.Create(
            "stop",
            "Stops runs: running ones save a checkpoint after their step, queued ones leave the queue. Examples: stop my-run; stop 00t3a --now.",
            async (control, run) =>
            {
                if (run.Status.IsEnded() && run.Status != RunStatus.Paused)
                {
                    return new RunAction(run, false, $"It is {run.Status.ToString().ToLowerInvariant()} already.");
                }

                var isNow = control.Parsed.GetValue(Now);
                return !(isNow ? await control.Launcher.KillAsync(run.Id) : await control.Launcher.StopAsync(run.Id)) ? control.ChangedMeanwhile(run) : await control.AnswerAsync(run);
            });
        command.Options.Add(Now);
        return command;
    }
}
