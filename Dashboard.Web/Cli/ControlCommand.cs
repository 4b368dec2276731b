using System.CommandLine;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;

namespace Crossbench.Web.Cli;

/// <summary>A command that asks something of runs, and what it needs for that.</summary>
internal sealed class ControlCommand(ParseResult parsed, SqliteRunStore store)
{
    /// <summary>Time that a worker has to say that it heard.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan AnswerInterval = TimeSpan.FromMilliseconds(50);

    public ParseResult Parsed => parsed;

    public RunLauncher Launcher { get; } = new(store, CommandLine.DataFolderOf(parsed));

    /// <summary>What to add to a message about a queued run when nothing serves the queue.</summary>
    public string QueueNote => FolderLock.IsServed(CommandLine.DataFolderOf(parsed)) ? "" : " Nothing serves the queue now; start it with: serve.";

    /// <summary>A command with its runs and <c>--json</c>.</summary>
    public static Command Create(string name, string help, Func<ControlCommand, RunRecord, Task<RunAction>> act)
    {
        var ids = RunNames.Many();
        var json = RunActions.JsonOption();
        var command = new Command(name, help) { ids, json };
        command.SetAction(async (parsed, _) =>
        {
            using var store = StoreAccess.ToWrite(parsed);
            var control = new ControlCommand(parsed, store);
            var actions = new List<RunAction>();
            foreach (var run in RunNames.Find(store, parsed.GetValue(ids)!))
            {
                actions.Add(await act(control, run));
            }

            return RunActions.Print(actions, store, parsed.GetValue(json));
        });
        return command;
    }

    public RunAction ChangedMeanwhile(RunRecord run) => store.Find(run.Id) is { } now
        ? new RunAction(run, false, $"It is {now.Status.ToString().ToLowerInvariant()} by now.")
        : new RunAction(run, false, "It was deleted meanwhile.");

    /// <summary>Waits until a run that was asked to end has ended or has said that it heard.</summary>
    public async Task<RunAction> AnswerAsync(RunRecord run)
    {
        var time = TimeProvider.System;
        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(AnswerInterval, time);
        while (time.GetElapsedTime(begun) < AnswerPatience && await timer.WaitForNextTickAsync())
        {
            if (store.Find(run.Id) is { } now && (now.Status != RunStatus.Running || (now.Command != RunCommand.None && now.Reason.StartsWith($"{now.Command} was asked for", StringComparison.Ordinal))))
            {
                return new RunAction(run, true, now.Reason.Length > 0 ? now.Reason : $"{now.Status.ToString().ToLowerInvariant()}.");
            }
        }

        return new RunAction(run, false, $"It was asked, and its {LivingWorker.Name(run)} has not answered; it may hang. Stop it at once with: stop {run.Id} --now") { IsFault = true };
    }
}
