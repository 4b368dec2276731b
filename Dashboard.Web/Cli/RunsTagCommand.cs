using System.CommandLine;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;

namespace Crossbench.Web.Cli;

/// <summary><c>runs tag ID… +x -y</c>: adds and removes tags.</summary>
internal static class RunsTagCommand
{
    private static readonly Argument<string[]> Words = new("ID… +TAG -TAG") { Description = "Runs, tags to add (+TAG) and tags to remove (-TAG), in any order.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("tag", "Adds and removes tags. Example: runs tag my-run 00t3a +sweep -draft.") { Words, Json };

        // "-draft" is a word here, not an option that is not known.
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed => Run(parsed, [.. parsed.GetValue(Words)!, .. parsed.UnmatchedTokens]));
        return command;
    }

    private static int Run(ParseResult parsed, IReadOnlyList<string> words)
    {
        var changes = words.Where(word => word.StartsWith('+') || word.StartsWith('-')).ToArray();
        SpecProblem[] problems =
        [
            .. changes.Length == 0 ? [new SpecProblem("", "No tag is named.", "Write +TAG to add one and -TAG to remove one.")] : Array.Empty<SpecProblem>(),
            .. changes.Where(word => word.Length == 1 || word.StartsWith("--", StringComparison.Ordinal)).Select(word => new SpecProblem("", $"\"{word}\" is neither a tag nor an option.", "Write +TAG to add one and -TAG to remove one.")),
            .. changes.Length == words.Count ? [new SpecProblem("", "No run is named.", "Name one or more: runs tag my-run +sweep.")] : Array.Empty<SpecProblem>(),
        ];
        if (problems.Length > 0)
        {
            return CommandLine.Refuse(problems);
        }

        using var store = StoreAccess.ToWrite(parsed);
        var actions = RunNames.Find(store, [.. words.Except(changes)]).Select(run => Change(store, run, changes)).ToList();
        return RunActions.Print(actions, store, parsed.GetValue(Json));
    }

    private static RunAction Change(SqliteRunStore store, RunRecord run, string[] changes)
    {
        // Somebody else may edit the run meanwhile; adding and removing tags goes well with whatever they did.
        for (var now = run; now is not null;)
        {
            var removed = changes.Where(change => change[0] == '-').Select(change => change[1..]).ToHashSet();
            var tags = now.Spec.Tags.Where(tag => !removed.Contains(tag)).Concat(changes.Where(change => change[0] == '+').Select(change => change[1..])).Distinct().ToArray();
            var edit = store.Edit(run.Id, now.Edition, RunLabels.Of(now) with { Tags = tags });
            if (edit.IsDone)
            {
                return new RunAction(run, true, tags.Length == 0 ? "no tags." : $"tags {string.Join(", ", tags)}.");
            }

            now = edit.Now;
        }

        return new RunAction(run, false, "It was deleted meanwhile.");
    }
}
