using System.CommandLine;
using System.Globalization;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary>The arguments and options by which a command is told about which runs: ids or names, all, or words.</summary>
internal sealed class RunSelection
{
    private const int PageSize = 500;
    private readonly Argument<string[]> _runs = new("RUN") { Description = "Ids of runs, or their names where only one run has it.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _all = new("--all") { Description = "Every run." };
    private readonly Option<string?> _filter = new("--filter") { Description = "Runs with these words in name, architecture, dataset or tags.", HelpName = "WORDS" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_runs);
        command.Options.Add(_all);
        command.Options.Add(_filter);
    }

    /// <summary>Whether the command line names any run.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_all) || parsed.GetValue(_filter) is not null || parsed.GetValue(_runs) is { Length: > 0 };

    /// <summary>The runs, each once: named ones in the order given, others oldest first.</summary>
    /// <exception cref="SpecException">A name means no run or several, or nothing is found.</exception>
    public IReadOnlyList<RunRecord> Read(ParseResult parsed, IRunStore store)
    {
        var problems = new List<SpecProblem>();
        var named = (parsed.GetValue(_runs) ?? []).Select(text => Find(store, text, problems)).OfType<RunRecord>().ToArray();
        var words = parsed.GetValue(_all) ? "" : parsed.GetValue(_filter);
        var found = words is null ? [] : Everything(store, words).ToArray();
        RunRecord[] all = [.. named.Concat(found).DistinctBy(run => run.Id)];
        if (all.Length == 0 && problems.Count == 0)
        {
            problems.Add(!IsGiven(parsed) ? new SpecProblem("RUN", "No run is named.", "Give ids or names, --filter WORDS, or --all.") : new SpecProblem("--filter", "No run matches.", "See which there are with: runs"));
        }

        return problems.Count == 0 ? all : throw new SpecException(problems);
    }

    private static IEnumerable<RunRecord> Everything(IRunStore store, string words)
    {
        for (var offset = 0; ; offset += PageSize)
        {
            var page = store.Query(new RunQuery { Text = words, Order = RunOrder.Newest, Descending = true, Offset = offset, Limit = PageSize }).Runs;
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

    private static RunRecord? Find(IRunStore store, string text, List<SpecProblem> problems)
    {
        if (RunId.TryParse(text, CultureInfo.InvariantCulture, out var id) && store.Find(id) is { } run)
        {
            return run;
        }

        var named = Everything(store, text).Where(found => found.Spec.Name == text).ToArray();
        if (named.Length == 1)
        {
            return named[0];
        }

        problems.Add(named.Length == 0
            ? new SpecProblem("RUN", $"There is no run \"{text}\".", "Give the id or the name of a run; see which there are with: runs")
            : new SpecProblem("RUN", $"{named.Length} runs have the name \"{text}\".", $"Give an id: {string.Join(", ", named.Take(5).Select(found => found.Id))}{(named.Length > 5 ? " …" : "")}"));
        return null;
    }
}
