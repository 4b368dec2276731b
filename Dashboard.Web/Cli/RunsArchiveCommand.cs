using System.CommandLine;

namespace Crossbench.Web.Cli;

/// <summary><c>runs archive</c> and <c>runs unarchive</c>.</summary>
internal static class RunsArchiveCommand
{
    public static Command Create(string name, bool archived, string help)
    {
        var ids = RunNames.Many();
        var json = RunActions.JsonOption();
        var command = new Command(name, help) { ids, json };
        command.SetAction(parsed =>
        {
            using var store = StoreAccess.ToWrite(parsed);
            var actions = RunNames.Find(store, parsed.GetValue(ids)!).Select(run => store.Archive(run.Id, archived)
                ? new RunAction(run, true, archived ? "archived." : "back in the list.")
                : run.ArchivedAt is not null == archived
                ? new RunAction(run, true, archived ? "was archived already." : "was in the list already.")
                : new RunAction(run, false, $"It is {run.Status.ToString().ToLowerInvariant()}. Stop it first: stop {run.Id}")).ToList();
            return RunActions.Print(actions, store, parsed.GetValue(json));
        });
        return command;
    }
}
