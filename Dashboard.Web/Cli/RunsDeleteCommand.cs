using System.CommandLine;
using Crossbench.Launching;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary><c>runs delete</c>: ended runs with all that belongs to them.</summary>
internal static class RunsDeleteCommand
{
    private static readonly Argument<string[]> Ids = RunNames.Many();
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Does not ask." };
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("delete", "Deletes ended runs for good, with curves, log and checkpoints; asks first. (On the pages, deleted runs can be taken back for 7 days, or until clean.) Examples: runs delete old-try; runs delete 00t3a 00t3b --yes.") { Ids, Yes, Json };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using var store = StoreAccess.ToWrite(parsed);
        var folder = CommandLine.DataFolderOf(parsed);
        var runs = RunNames.Find(store, parsed.GetValue(Ids)!);
        if (runs.Any(run => run.Status.IsEnded()) && !parsed.GetValue(Yes) && !Asked(runs))
        {
            return ExitCode.BadInput;
        }

        var launcher = new RunLauncher(store, folder);
        var actions = new List<RunAction>();
        foreach (var run in runs)
        {
            var done = await launcher.DeleteAsync(run.Id);
            actions.Add(new RunAction(run, done, done ? "deleted." : $"It is {run.Status.ToString().ToLowerInvariant()}. Stop it first: stop {run.Id}"));
        }

        return RunActions.Print(actions, store, parsed.GetValue(Json));
    }

    private static bool Asked(IReadOnlyList<RunRecord> runs)
    {
        var what = runs.Count == 1 ? $"{runs[0].Spec.Name} ({runs[0].Id})" : $"{runs.Count} runs";
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"--yes: Nobody can be asked whether to delete {what}. Give --yes, or run the command on a terminal.");
            return false;
        }

        Console.Error.Write($"Delete {what} with all curves, log and checkpoints? There is no undo. [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
