using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.Import;

/// <summary>Reads a report that this program wrote: the key <c>crossbench</c> has everything but checkpoints and measurements that are not numbers.</summary>
internal static class OwnReport
{
    private const string Key = TransBenchReport.OwnKey;
    private const long MostSteps = 1_000_000_000;

    /// <summary>Whether a report is one of ours.</summary>
    public static bool Is(ReportJson report) => report.Find(Key + ".run_id") is not null;

    /// <summary>The run; null when the report has problems.</summary>
    public static ImportedRun? Read(ReportJson report)
    {
        var before = report.Problems.Count;
        var text = report.Text(Key + ".run_id", isNeeded: true);
        if (!RunId.TryParse(text, null, out var id) && text.Length > 0)
        {
            report.Add(Key + ".run_id", $"\"{text}\" is not the id of a run.", "Leave the report as it was written.");
        }

        var spec = SpecOf(report);
        var (status, reason) = StatusOf(report);
        var (created, step) = (report.Moment(Key + ".created_at", isNeeded: true), report.Whole(Key + ".step", 0, MostSteps, isNeeded: true));
        var (series, evaluations, log, environments) = (SeriesOf(report), EvaluationsOf(report), LogOf(report), EnvironmentsOf(report));
        // All of it is read, whatever else is wrong.
        var run = new RunRecord
        {
            Id = id,
            Spec = spec!,
            SpecHash = spec is null ? "" : RunSpecJson.Hash(spec),
            Source = $"a Crossbench report of run {id}",
            Status = status,
            Reason = reason,
            CreatedAt = created ?? default,
            StartedAt = report.Moment(Key + ".started_at"),
            EndedAt = report.Moment(Key + ".ended_at") ?? created,
            Step = step ?? 0,
            Parameters = report.Whole("model.total_parameters", 1, long.MaxValue),
            Chance = report.Number(Key + ".chance"),
            Floor = report.Number(Key + ".floor"),
            SeesTheFuture = report.Flag(Key + ".sees_the_future"),
            TrainLoss = report.Number(Key + ".train_loss"),
            EvalLoss = report.Number(Key + ".eval_loss"),
            EvalLow = report.Number(Key + ".interval.low"),
            EvalHigh = report.Number(Key + ".interval.high"),
            TokensPerSecond = report.Number(Key + ".tokens_per_s_steady"),
            Elapsed = report.Number(Key + ".elapsed_s"),
            BusyMachine = report.Flag(Key + ".environment.busy_machine") ?? false,
        };
        if (spec is null || created is null || step is null || id.Value is null || report.Problems.Count > before)
        {
            return null;
        }

        return new ImportedRun(run) { Series = series, Evaluations = evaluations, Log = log, Environments = environments };
    }

    /// <summary>A specification in a report or in a file of its own.</summary>
    internal static RunSpec? SpecOf(ReportJson report, string path = Key + ".spec")
    {
        if (report.Find(path) is not { ValueKind: JsonValueKind.Object } found)
        {
            report.Add(path, "It is missing.", "Leave the report as it was written.");
            return null;
        }

        try
        {
            return RunSpecJson.Read(found.GetRawText());
        }
        catch (SpecException error)
        {
            report.Problems.AddRange(error.Problems.Select(problem => problem with { Path = $"{report.File}, {path}.{problem.Path}" }));
            return null;
        }
    }

    /// <summary>The status; a run that had not ended when its report was written is stopped here.</summary>
    private static (RunStatus Status, string Reason) StatusOf(ReportJson report)
    {
        var text = report.Text(Key + ".status", isNeeded: true);
        if (!Enum.TryParse<RunStatus>(text, ignoreCase: true, out var status) || !Enum.IsDefined(status))
        {
            report.Add(Key + ".status", $"\"{text}\" is no status of a run.", $"Give one of {string.Join(", ", Enum.GetNames<RunStatus>()).ToLowerInvariant()}.");
        }

        return status.IsEnded() ? (status, report.Text(Key + ".reason")) : (RunStatus.Stopped, $"It was {status.ToString().ToLowerInvariant()} when its report was written.");
    }

    private static Dictionary<string, MetricSeries> SeriesOf(ReportJson report)
    {
        var all = new Dictionary<string, MetricSeries>();
        foreach (var property in report.Find(Key + ".series") is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : default)
        {
            var part = report.Part(property.Value, $"{Key}.series.{property.Name}");
            var (steps, values) = (part.Numbers("steps"), part.Numbers("values"));
            if (steps is null || values is null || steps.Length != values.Length || steps.Any(step => step is not (>= 0 and <= MostSteps) || step != Math.Floor(step)) || steps.Zip(steps.Skip(1)).Any(pair => pair.Second <= pair.First))
            {
                part.Add("steps", "Steps and values do not fit each other, or steps do not ascend.", "Leave the report as it was written.");
                continue;
            }

            all[property.Name] = new MetricSeries(Array.ConvertAll(steps, step => (long)step), values);
        }

        return all;
    }

    private static List<Evaluated> EvaluationsOf(ReportJson report)
    {
        var rows = new Dictionary<(long, string), IReadOnlyList<SequenceLoss>>();
        foreach (var (i, item) in Items(report, "final_evaluations"))
        {
            var part = report.Part(item, $"{Key}.final_evaluations[{i}]");
            rows[(part.Whole("step", 0, MostSteps, isNeeded: true) ?? -1, part.Text("set", isNeeded: true))] = RowsOf(part);
        }

        var all = new Dictionary<(long, string), Evaluated>();
        foreach (var (i, item) in Items(report, "evaluations"))
        {
            var part = report.Part(item, $"{Key}.evaluations[{i}]");
            var (step, set) = (part.Whole("step", 0, MostSteps, isNeeded: true) ?? -1, part.Text("set", isNeeded: true));
            all[(step, set)] = new Evaluated(step, set, part.Number("loss") ?? double.NaN, part.Number("low") ?? double.NaN, part.Number("high") ?? double.NaN, rows.GetValueOrDefault((step, set), []));
        }

        return [.. all.Values];
    }

    private static SequenceLoss[] RowsOf(ReportJson part)
    {
        var (sequences, losses, tokens, classes) = (part.Numbers("sequences.sequence") ?? [], part.Numbers("sequences.loss") ?? [], part.Numbers("sequences.tokens") ?? [], part.Texts("sequences.class"));
        var kinds = classes.Select(text => Enum.TryParse<TokenClass>(text, ignoreCase: true, out var kind) ? kind : (TokenClass?)null).ToArray();
        if (losses.Length != sequences.Length || tokens.Length != sequences.Length || kinds.Length != sequences.Length || kinds.Contains(null)
            || sequences.Concat(tokens).Any(number => number is not (>= 0 and <= int.MaxValue) || number != Math.Floor(number)) || sequences.Zip(kinds).Distinct().Count() < sequences.Length)
        {
            part.Add("sequences", "Its lists do not fit each other.", "Leave the report as it was written.");
            return [];
        }

        return [.. sequences.Select((sequence, i) => new SequenceLoss((int)sequence, kinds[i]!.Value, losses[i], (int)tokens[i]))];
    }

    private static List<RunLogEntry> LogOf(ReportJson report)
    {
        var log = new List<RunLogEntry>();
        foreach (var (i, item) in Items(report, "log"))
        {
            var part = report.Part(item, $"{Key}.log[{i}]");
            log.Add(new RunLogEntry(i, part.Moment("at", isNeeded: true) ?? default, part.Whole("step", 0, MostSteps) ?? 0, part.Text("text", isNeeded: true), part.Flag("is_warning") ?? false));
        }

        return log;
    }

    private static List<EnvironmentRecord> EnvironmentsOf(ReportJson report)
    {
        var all = new List<EnvironmentRecord>();
        foreach (var (i, item) in Items(report, "environments"))
        {
            var part = report.Part(item, $"{Key}.environments[{i}]");
            var (at, step) = (part.Moment("at", isNeeded: true), part.Whole("step", 0, MostSteps, isNeeded: true));
            try
            {
                if (part.Find("machine")?.Deserialize<RunEnvironment>(CrossbenchPart.Machine) is { } machine && at is { } known)
                {
                    all.Add(new EnvironmentRecord(known, step ?? 0, machine));
                }
            }
            catch (JsonException)
            {
                part.Add("machine", "It is no record of a machine.", "Leave the report as it was written.");
            }
        }

        return all;
    }

    private static IEnumerable<(int Index, JsonElement Item)> Items(ReportJson report, string key) =>
        report.Find($"{Key}.{key}") is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray().Select((item, i) => (i, item)) : [];
}
