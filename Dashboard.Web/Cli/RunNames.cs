using System.CommandLine;
using Crossbench.Options;
using Crossbench.Runs;

namespace Crossbench.Web.Cli;

/// <summary>Runs as people name them on the command line: by id, by the beginning of an id, or by name.</summary>
internal static class RunNames
{
    private const int Candidates = 8;

    /// <summary>The argument of a command that takes one run.</summary>
    public static Argument<string> One() => new("ID") { Description = "A run: its id, the beginning of its id, or its name." };

    /// <summary>The argument of a command that takes any number of runs.</summary>
    public static Argument<string[]> Many() => new("ID") { Description = "Runs: ids, beginnings of ids, or names.", Arity = ArgumentArity.OneOrMore };

    /// <summary>The run that is meant.</summary>
    /// <exception cref="SpecException">There is none, or more than one could be meant.</exception>
    public static RunRecord Find(IRunStore store, string text) => Find(store, [text])[0];

    /// <summary>The runs that are meant, each once.</summary>
    /// <exception cref="SpecException">For some there is none, or more than one could be meant; all of them are told.</exception>
    public static IReadOnlyList<RunRecord> Find(IRunStore store, IReadOnlyList<string> texts)
    {
        var found = texts.Select(text => (Text: text, Runs: store.FindNamed(text, Candidates + 1))).ToArray();
        var problems = found.Where(item => item.Runs.Count != 1).Select(item => item.Runs.Count == 0 ? Unknown(store, item.Text) : Ambiguous(item.Text, item.Runs)).ToArray();
        return problems.Length > 0 ? throw new SpecException(problems) : [.. found.Select(item => item.Runs[0]).DistinctBy(run => run.Id)];
    }

    private static SpecProblem Unknown(IRunStore store, string text)
    {
        var names = store.Query(new RunQuery { Archived = null, Order = RunOrder.Newest, Limit = 1000 }).Runs.Select(run => run.Spec.Name).Distinct();
        return new SpecProblem("", $"There is no run \"{text}\".", NearestWord.To(text, names) is { } near ? $"Did you mean {near}?" : "List them with: runs, or runs --archived.");
    }

    private static SpecProblem Ambiguous(string text, IReadOnlyList<RunRecord> runs)
    {
        var listed = string.Join(", ", runs.Take(Candidates).Select(run => $"{run.Id} ({run.Spec.Name}, {run.Status})"));
        return new SpecProblem("", $"\"{text}\" may be {(runs.Count > Candidates ? $"more than {Candidates}" : $"{runs.Count}")} runs: {listed}{(runs.Count > Candidates ? " …" : "")}.", "Give more of the id.");
    }
}
