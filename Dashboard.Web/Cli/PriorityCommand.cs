using System.CommandLine;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary><c>priority</c>: order of the queue.</summary>
internal static class PriorityCommand
{
    private const int Largest = 1000;
    private static readonly Argument<string[]> Ids = RunNames.Many();
    private static readonly Option<int?> To = new("--to") { Description = $"The priority, -{Largest} to {Largest}; 0 unless set. The highest begins first.", HelpName = "N" };
    private static readonly Option<bool> First = new("--first") { Description = "Before all queued runs of the same priority." };
    private static readonly Option<bool> Last = new("--last") { Description = "Behind all queued runs of the same priority." };
    private static readonly Option<bool> Json = RunActions.JsonOption();

    public static Command Create()
    {
        var command = new Command("priority", "Changes which queued run begins first. Examples: priority my-run --to 5; priority 00t3a 00t3b --first.") { Ids, To, First, Last, Json };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (to, first, last) = (parsed.GetValue(To), parsed.GetValue(First), parsed.GetValue(Last));
        SpecProblem[] problems =
        [
            .. to is null && !first && !last ? [new SpecProblem("", "It is not said where the runs are to go.", "Give --to N, --first or --last.")] : Array.Empty<SpecProblem>(),
            .. first && last ? [new SpecProblem("--first", "A run cannot be first and last.", "Give one of --first and --last.")] : Array.Empty<SpecProblem>(),
            .. to is < -Largest or > Largest ? [new SpecProblem("--to", $"{to} is outside the range.", $"Give a whole number, -{Largest} to {Largest}.")] : Array.Empty<SpecProblem>(),
        ];
        if (problems.Length > 0)
        {
            return CommandLine.Refuse(problems);
        }

        using var store = StoreAccess.ToWrite(parsed);
        var runs = RunNames.Find(store, parsed.GetValue(Ids)!);

        // Those that are to be first keep the order in which they were named.
        var actions = (first ? runs.Reverse() : runs).Select(run => Change(store, run, to, first || last ? first : null)).ToList();
        return RunActions.Print(first ? [.. Enumerable.Reverse(actions)] : actions, store, parsed.GetValue(Json));
    }

    private static RunAction Change(SqliteRunStore store, RunRecord run, int? priority, bool? toFront)
    {
        if (toFront is { } front && !store.Move(run.Id, front))
        {
            return new RunAction(run, false, $"It is {run.Status.ToString().ToLowerInvariant()}. Only queued runs have a place in the queue.");
        }

        return priority is { } rank && !store.SetPriority(run.Id, rank)
            ? new RunAction(run, false, "It was deleted meanwhile.")
            : new RunAction(run, true, Invariant($"priority {priority ?? run.Priority}{(toFront is { } moved ? moved ? ", first" : ", last" : "")}."));
    }
}
