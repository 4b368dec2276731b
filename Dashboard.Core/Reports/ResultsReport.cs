using System.Globalization;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports;

/// <summary>
/// The results of a selection: a row a run, means over seeds, in what the runs differ, curves, and each run in detail. It ranks nothing and names no winner.
/// </summary>
public sealed class ResultsReport : Report
{
    private const int RunsInDetail = 50;

    /// <inheritdoc/>
    public override string Id => "results";

    /// <inheritdoc/>
    public override string Title => "Results";

    /// <inheritdoc/>
    public override ReportDocument Build(IReadOnlyList<RunResult> runs)
    {
        var names = NamesOf(runs);
        var title = runs.Count == 1 ? names[0] : $"Results of {runs.Count.ToString(CultureInfo.InvariantCulture)} runs";
        return new ReportDocument(title, [.. Overview(runs, names), .. Curves.Of(runs, names), .. Details(runs, names)]) { Runs = runs };
    }

    /// <summary>A name for each run that no other of the selection has.</summary>
    internal static IReadOnlyList<string> NamesOf(IReadOnlyList<RunResult> runs)
    {
        string Short(RunResult result) => result.Spec.Name;
        string WithSeed(RunResult result) => $"{result.Spec.Name}, seed {result.Spec.Seed.ToString(CultureInfo.InvariantCulture)}";
        var byName = runs.CountBy(Short).ToDictionary();
        var bySeed = runs.CountBy(WithSeed).ToDictionary();
        return [.. runs.Select(result => byName[Short(result)] == 1 ? Short(result) : bySeed[WithSeed(result)] == 1 ? WithSeed(result) : $"{result.Spec.Name} ({result.Run.Id})")];
    }

    /// <summary>What a reader must know about a run before its numbers.</summary>
    internal static string RemarksOf(RunResult result)
    {
        var run = result.Run;
        string?[] remarks =
        [
            run.Source.Length > 0 ? $"imported from {run.Source}" : null,
            run.NotLearned ? "not learned" : null,
            run.SeesTheFuture == true ? "sees the future" : null,
            run.BusyMachine ? "timed on a busy machine" : null,
            TransBenchConfiguration.IsStub(run.Spec) ? "TransBench's stub" : null,
        ];
        return string.Join("; ", remarks.OfType<string>());
    }

    private static IEnumerable<ReportBlock> Overview(IReadOnlyList<RunResult> runs, IReadOnlyList<string> names)
    {
        if (runs.Count == 0)
        {
            yield return new ReportText("No run was selected.");
            yield break;
        }

        yield return new ReportText("Losses are in nats per scored token; ± is half the width of the 95 % interval over the evaluation sequences of a run. Chance is what token frequencies alone give, floor the smallest loss that can be reached, where it is known.");
        yield return Results(runs, names);
        var groups = SeedGroup.Of(runs);
        if (groups.Any(group => group.Runs.Count > 1))
        {
            yield return new ReportHeading("Over seeds");
            yield return new ReportText("Means over the completed runs of one specification, of each seed the newest; ± is half the width of the 95 % t interval over seeds. One seed has no interval.");
            yield return Seeds(groups);
        }

        if (runs.Count > 1)
        {
            yield return new ReportHeading("What differs");
            var differences = Differences.Of(runs);
            yield return differences.Count == 0 ? new ReportText("Nothing but names, tags and notes.") : DifferenceTable(differences, names);
        }
    }

    private static ReportTable Results(IReadOnlyList<RunResult> runs, IReadOnlyList<string> names) => new(
        "Results",
        [
            new("Run"), new("Architecture"), new("Dataset"), new("Seed", true), new("Status"), new("Steps", true), new("Parameters", true), new("Eval loss", true),
            new("Chance", true), new("Floor", true), new("Chance to floor", true), new("Tokens/s", true), new("Remarks"),
        ],
        [
            .. runs.Select((result, i) => (IReadOnlyList<string>)
            [
                names[i], result.Spec.Architecture.Id, result.Spec.Dataset.Id, result.Spec.Seed.ToString(CultureInfo.InvariantCulture), result.Run.Status.ToString().ToLowerInvariant(),
                result.Run.Step == result.Spec.Training.Steps ? Figures.Count(result.Run.Step) : $"{Figures.Count(result.Run.Step)} of {Figures.Count(result.Spec.Training.Steps)}",
                Figures.Count(result.Parameters), Figures.WithInterval(result.Run.EvalLoss, result.Run.EvalLow, result.Run.EvalHigh),
                Figures.Loss(result.Run.Chance), Figures.Loss(result.Run.Floor), Figures.Percent(result.Run.ChanceToFloor), Figures.Measured(result.Run.TokensPerSecond), RemarksOf(result),
            ]),
        ]);

    private static ReportTable Seeds(IReadOnlyList<SeedGroup> groups) => new(
        "Means over seeds",
        [new("Specification"), new("Architecture"), new("Dataset"), new("Seeds", true), new("Runs", true), new("Eval loss", true), new("Tokens/s", true)],
        [
            .. groups.Select(group =>
            {
                var (first, loss, speed) = (group.Runs[0].Spec, group.EvalLoss, group.TokensPerSecond);
                return (IReadOnlyList<string>)
                [
                    string.Join(", ", group.Runs.Select(result => result.Spec.Name).Distinct()), first.Architecture.Id, first.Dataset.Id, Figures.Count(group.Seeds), Figures.Count(group.Runs.Count),
                    Figures.WithInterval(loss.Mean, loss.Low, loss.High), Figures.Measured(speed.Mean),
                ];
            }),
        ]);

    /// <summary>A row for each difference; runs with the same value share a line of its cell.</summary>
    private static ReportTable DifferenceTable(IReadOnlyList<Difference> differences, IReadOnlyList<string> names) => new(
        "What differs between the runs",
        [new("Setting or figure"), new("Values")],
        [
            .. differences.Select(difference => (IReadOnlyList<string>)
            [
                difference.Name,
                string.Join("; ", difference.Values.Select((value, i) => (Value: value, Name: names[i])).GroupBy(item => item.Value)
                    .Select(group => $"{group.Key switch { "" => "(not set)", Figures.Unknown => "(not known)", var value => value }}: {string.Join(", ", group.Select(item => item.Name))}")),
            ]),
        ]);

    private static IEnumerable<ReportBlock> Details(IReadOnlyList<RunResult> runs, IReadOnlyList<string> names)
    {
        if (runs.Count > RunsInDetail)
        {
            yield return new ReportText($"Details of single runs are left out, because there are more than {RunsInDetail.ToString(CultureInfo.InvariantCulture)}; the data hold them all.");
            yield break;
        }

        foreach (var (i, result) in runs.Index())
        {
            yield return new ReportHeading(runs.Count == 1 ? "The run" : names[i], IsDetail: true);
            if (result.Spec.Notes.Length > 0)
            {
                yield return new ReportText(result.Spec.Notes);
            }

            yield return Facts(result);
            if (result.Final.Count > 0)
            {
                yield return Evaluations(result);
            }

            foreach (var warning in result.Log.Where(line => line.IsWarning))
            {
                yield return new ReportText($"Step {Figures.Count(warning.Step)}: {warning.Text}");
            }
        }
    }

    private static ReportTable Facts(RunResult result)
    {
        var run = result.Run;
        (string Name, string Value)[] facts =
        [
            ("run", run.Id.Value),
            ("specification hash", run.SpecHash),
            ("tags", string.Join(", ", run.Spec.Tags)),
            ("status", $"{run.Status.ToString().ToLowerInvariant()}{(run.Reason.Length > 0 ? $": {run.Reason}" : "")}"),
            ("source", run.Source),
            ("queued", Figures.Moment(run.CreatedAt)),
            ("ended", run.EndedAt is null ? "" : Figures.Moment(run.EndedAt)),
            ("training time, s", Figures.Measured(run.Elapsed)),
            ("environment", MachineFacts.Of(result).Words ?? ""),
            ("machine", result.Environments.Count == 0 ? "" : $"{result.Environments[^1].Environment.Processor}, {result.Environments[^1].Environment.System}"),
            ("code version", result.Environments.Count == 0 ? "" : result.Environments[^1].Environment.Version),
            .. RunSpecJson.Changes(run.Spec).Where(pair => pair.Key is not ("name" or "tags" or "notes")).Select(pair => (pair.Key, pair.Value.Length == 0 ? "(empty)" : pair.Value)),
        ];
        return new ReportTable(
            "Facts, and the settings that are not defaults",
            [new("Fact"), new("Value")],
            [.. facts.Where(fact => fact.Value.Length > 0).Select(fact => (IReadOnlyList<string>)[fact.Name, fact.Value])]);
    }

    private static ReportTable Evaluations(RunResult result) => new(
        "Last evaluation of each set",
        [new("Set"), new("Class"), new("Step", true), new("Loss", true), new("Tokens", true)],
        [
            .. result.Final.SelectMany(item => new IReadOnlyList<string>[]
            {
                [item.Summary.Set, "all", Figures.Count(item.Summary.Step), Figures.WithInterval(item.Summary.Loss, item.Summary.Low, item.Summary.High), item.Sequences.Count == 0 ? Figures.Unknown : Figures.Count(item.Sequences.Sum(row => (double)row.Tokens))],
            }.Concat(item.Classes.Select(part => (IReadOnlyList<string>)
                [item.Summary.Set, part.Class.ToString().ToLowerInvariant(), Figures.Count(item.Summary.Step), Figures.Loss(part.Loss), Figures.Count(part.Tokens)]))),
        ]);
}
