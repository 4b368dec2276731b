using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports;

/// <summary>One thing in which the runs of a selection are not alike.</summary>
/// <param name="Name">What it is: a path of the specification, or a figure.</param>
/// <param name="Values">The value of each run, in the selection's order; empty text where a run has none.</param>
public sealed record Difference(string Name, IReadOnlyList<string> Values)
{
    /// <summary>Whether somebody chose it: a setting of the specification, and no figure that follows or happened.</summary>
    public bool IsSetting { get; init; }
}

/// <summary>Everything in which runs are not alike: what a fair comparison has to state.</summary>
public static class Differences
{
    private static readonly string[] Identity = ["name", "tags", "notes"];

    /// <summary>The differences: specification first, then what follows from it or happened.</summary>
    public static IReadOnlyList<Difference> Of(IReadOnlyList<RunResult> runs)
    {
        var settings = runs.Select(result => RunSpecJson.Flatten(RunSpecJson.Write(result.Spec)).ToDictionary()).ToArray();
        var paths = settings.SelectMany(item => item.Keys).Distinct().Where(path => !Identity.Contains(path));
        (string Name, Func<RunResult, string> Value)[] facts =
        [
            ("status", result => result.Run.Status.ToString().ToLowerInvariant()),
            ("trained here", result => result.Run.Source.Length == 0 ? "yes" : $"no, from {result.Run.Source}"),
            ("parameters", result => Figures.Count(result.Parameters)),
            ("training FLOPs per token", result => Figures.Count(result.Cost.TrainingFlops)),
            ("tokens seen", result => Figures.Count(result.Run.Step * (double)result.TokensPerStep)),
            ("chance", result => Figures.Loss(result.Run.Chance)),
            ("floor", result => Figures.Loss(result.Run.Floor)),
            ("sees the future", result => result.Run.SeesTheFuture switch { true => "yes", false => "no", _ => Figures.Unknown }),
            ("environment", result => MachineFacts.Of(result).Words ?? Figures.Unknown),
            ("processor", result => MachineFacts.Of(result).Processor ?? Figures.Unknown),
            ("code version", result => result.Environments.Count == 0 ? Figures.Unknown : result.Environments[^1].Environment.Version),
            ("busy machine", result => result.Run.BusyMachine ? "yes" : "no"),
        ];
        return
        [
            .. paths.Select(path => new Difference(path, [.. settings.Select(item => item.GetValueOrDefault(path, ""))]) { IsSetting = true }).Where(IsOne),
            .. facts.Select(fact => new Difference(fact.Name, [.. runs.Select(fact.Value)])).Where(IsOne),
        ];
    }

    private static bool IsOne(Difference difference) => difference.Values.Distinct().Skip(1).Any();
}
