using System.CommandLine;
using System.Text.Json.Nodes;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary><c>runs</c>: the list, and what can be done with single runs.</summary>
internal static class RunsCommand
{
    private const int MostRuns = 1_000_000;
    private static readonly Option<string[]> Status = new("--status") { Description = "Only these: queued, running, paused, completed, stopped, diverged, failed, interrupted.", HelpName = "STATUS", DefaultValueFactory = _ => [] };
    private static readonly Option<string?> Tag = new("--tag") { Description = "Only runs with this tag.", HelpName = "TAG" };
    private static readonly Option<string?> Architecture = new("--architecture") { Description = "Only runs of this architecture.", HelpName = "ID" };
    private static readonly Option<string?> Filter = RunSelection.FilterOption("Only runs that match");
    private static readonly Option<int> Limit = new("--limit") { Description = "Runs to list at most.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private static readonly Option<bool> Archived = new("--archived") { Description = "Archived runs, which the list leaves out otherwise." };
    private static readonly Option<bool> Json = new("--json") { Description = "JSON on standard output." };

    public static Command Create()
    {
        var command = new Command("runs", "Lists runs. Examples: runs --status failed --status interrupted; runs --filter \"loss<3 tag:sweep -is:imported\"; runs show 00t3; runs delete old-try.")
        {
            Filter, Status, Tag, Architecture, Limit, Archived, Json,
        };
        var list = new Command("list", "Lists runs, as runs alone does.") { Filter, Status, Tag, Architecture, Limit, Archived, Json };
        list.SetAction(parsed => Run(parsed));
        command.Subcommands.Add(list);
        command.Subcommands.Add(RunsShowCommand.Create());
        command.Subcommands.Add(RunsEditCommand.Create());
        command.Subcommands.Add(RunsTagCommand.Create());
        command.Subcommands.Add(RunsArchiveCommand.Create("archive", archived: true, "Takes ended runs out of the list; nothing is deleted. Example: runs archive old-try."));
        command.Subcommands.Add(RunsArchiveCommand.Create("unarchive", archived: false, "Puts archived runs back into the list. Example: runs unarchive old-try."));
        command.Subcommands.Add(RunsDeleteCommand.Create());
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (query, problems) = Query(parsed);
        if (problems.Count > 0)
        {
            return CommandLine.Refuse(problems);
        }

        using var store = StoreAccess.ToRead(parsed);
        var page = store.Query(query);
        if (parsed.GetValue(Json))
        {
            RunJson.Print(new JsonObject { ["runs"] = new JsonArray([.. page.Runs.Select(RunJson.Of)]), ["total"] = page.Total });
            return ExitCode.Completed;
        }

        RunText.WriteList(Console.Out, page.Runs);
        if (page.Total != page.Runs.Count)
        {
            Console.Error.WriteLine(Invariant($"{page.Runs.Count:N0} of {page.Total:N0} runs; see more with --limit N."));
        }

        return ExitCode.Completed;
    }

    private static (RunQuery Query, List<SpecProblem> Problems) Query(ParseResult parsed)
    {
        var problems = new List<SpecProblem>();
        var statuses = new List<RunStatus>();
        foreach (var word in parsed.GetValue(Status)!)
        {
            if (Enum.TryParse<RunStatus>(word, ignoreCase: true, out var status) && Enum.IsDefined(status))
            {
                statuses.Add(status);
            }
            else
            {
                problems.Add(new SpecProblem("--status", $"\"{word}\" is not a status.", $"Give one of {string.Join(", ", Enum.GetNames<RunStatus>()).ToLowerInvariant()}."));
            }
        }

        if (parsed.GetValue(Architecture) is { } architecture && ModelZoo.Find(architecture) is null)
        {
            var ids = ModelZoo.All.Select(item => item.Id).ToArray();
            problems.Add(new SpecProblem("--architecture", $"There is no architecture \"{architecture}\".", NearestWord.To(architecture, ids) is { } near ? $"Did you mean {near}?" : $"Give one of {string.Join(", ", ids)}."));
        }

        var filter = FilterReading.Of(parsed.GetValue(Filter));
        problems.AddRange(filter.AsSpecProblems("--filter"));
        var limit = parsed.GetValue(Limit);
        if (limit is < 1 or > MostRuns)
        {
            problems.Add(new SpecProblem("--limit", $"{limit} is outside the range.", Invariant($"Give a whole number, 1 to {MostRuns:N0}.")));
        }

        return (new RunQuery
        {
            Statuses = statuses, Tag = parsed.GetValue(Tag), Architecture = parsed.GetValue(Architecture), Filter = filter.Filter, Limit = limit, Archived = parsed.GetValue(Archived),
        }, problems);
    }
}
