using System.CommandLine;
using Crossbench.Runs;
using Crossbench.Runs.Filters;

namespace Crossbench.Web.Cli;

/// <summary>The arguments and options by which a command is told about which runs: ids or names, all, or words.</summary>
internal sealed class RunSelection
{
    private const int PageSize = 500;
    private readonly Argument<string[]> _runs = new("ID") { Description = "Runs: ids, beginnings of ids, or names.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _all = new("--all") { Description = "Every run that is not archived." };
    private readonly Option<string?> _filter = FilterOption("Runs that match");

    /// <summary>The option that takes a filter as the list of runs does.</summary>
    /// <param name="what">What it does, as the beginning of a sentence.</param>
    public static Option<string?> FilterOption(string what) => new("--filter")
    {
        Description = $"{what}: words in name, architecture, dataset or tags, and terms such as arch:ID, status:failed, loss<3, seed:0..4, age<2d, -tag:old, or, parentheses. Fields: {string.Join(", ", FilterFields.All.Select(field => field.Name))}.",
        HelpName = "FILTER",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_runs);
        command.Options.Add(_all);
        command.Options.Add(_filter);
    }

    /// <summary>Whether the command line names any run.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_all) || parsed.GetValue(_filter) is not null || parsed.GetValue(_runs) is { Length: > 0 };

    /// <summary>The runs, each once: named ones in the order given, others oldest first.</summary>
    /// <exception cref="SpecException">For a name there is none, or more than one could be meant; or nothing is found.</exception>
    public IReadOnlyList<RunRecord> Read(ParseResult parsed, IRunStore store)
    {
        var ways = new[] { parsed.GetValue(_runs) is { Length: > 0 } ? "names" : null, parsed.GetValue(_all) ? "--all" : null, parsed.GetValue(_filter) is not null ? "--filter" : null }.OfType<string>().ToArray();
        if (ways.Length > 1)
        {
            throw new SpecException(new SpecProblem(ways[^1], $"It does not go with {ways[0]}.", "Give ids or names, or --filter FILTER, or --all."));
        }

        var named = RunNames.Find(store, parsed.GetValue(_runs) ?? []);
        var words = parsed.GetValue(_all) ? "" : parsed.GetValue(_filter);
        var found = words is null ? [] : Everything(store, FilterReading.Of(words).OrThrow("--filter")).ToArray();
        RunRecord[] all = [.. named.Concat(found).DistinctBy(run => run.Id)];
        return all.Length > 0 ? all
            : throw new SpecException(!IsGiven(parsed) ? new SpecProblem("ID", "No run is named.", "Give ids or names, --filter FILTER, or --all.") : parsed.GetValue(_all) ? new SpecProblem("--all", "There is no run.", "Train one, or look at archived ones with: runs --archived") : new SpecProblem("--filter", "No run matches.", "See which there are with: runs"));
    }

    private static IEnumerable<RunRecord> Everything(IRunStore store, RunFilter? filter)
    {
        for (var offset = 0; ; offset += PageSize)
        {
            var page = store.Query(new RunQuery { Filter = filter, Order = RunOrder.Newest, Descending = true, Offset = offset, Limit = PageSize }).Runs;
            foreach (var run in page)
            {
                yield return run;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }
        }
    }
}
