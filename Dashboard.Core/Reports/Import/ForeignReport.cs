using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Models.Architectures;
using Crossbench.Runs;
using Crossbench.Suites.TransBench;
using Crossbench.Training;

namespace Crossbench.Reports.Import;

/// <summary>Reads a report of TransBench itself. What such a report lacks (intervals, ratios by layer, a probe for the future) stays unknown.</summary>
internal static class ForeignReport
{
    private const long MostParameters = 1_000_000_000_000_000;
    private const long MostSteps = 100_000_000;

    private static readonly string[] Needed =
        ["arch", "num_layers", "hidden_size", "ffn_mult", "num_heads", "vocab_size", "seq_len", "batch_size", "warmup", "steps", "learning_rate", "min_lr", "dataset"];

    /// <summary>The run; null when the report has problems.</summary>
    public static ImportedRun? Read(ReportJson report)
    {
        var before = report.Problems.Count;
        var (id, at) = (report.Text("run.id", isNeeded: true), report.Moment("run.timestamp_utc", isNeeded: true));
        var parameters = report.Whole("model.total_parameters", 1, MostParameters, isNeeded: true);
        var (warmup, steps) = (report.Whole("config.warmup", 0, MostSteps), report.Whole("config.steps", 1, MostSteps));
        string[] missing = [.. Needed.Where(key => report.Find("config." + key) is null)];
        foreach (var key in missing)
        {
            report.Add("config." + key, "It is missing.", "A report needs it.");
        }

        if (report.Find("metrics") is not { ValueKind: JsonValueKind.Object })
        {
            report.Add("metrics", "It is missing.", "A report needs it.");
        }

        var series = SeriesOf(report, (warmup ?? 0) + (steps ?? 0));

        // What the configuration says is judged whatever else is wrong, as long as all of it is there.
        var specification = missing.Length == 0 ? SpecOf(report, parameters ?? 0) : null;
        if (specification is not { } mapped || parameters is null || report.Problems.Count > before)
        {
            return null;
        }

        var run = RecordOf(report, mapped.Spec, id, at!.Value, parameters.Value, series);
        return new ImportedRun(run)
        {
            IsForeign = true,
            Series = WithAuxiliary(series, mapped.Spec),
            Evaluations = run.EvalLoss is { } loss ? [new Evaluated(run.Step, Evaluated.OwnSet, loss, double.NaN, double.NaN, [])] : [],
            Log = [.. LogOf(report, run, mapped.Notes)],
        };
    }

    /// <summary>The specification that the configuration stands for, with what must be known about it.</summary>
    internal static (RunSpec Spec, IReadOnlyList<string> Notes)? SpecOf(ReportJson report, long parameters)
    {
        var standIn = Map(report, isStandIn: true);
        if (standIn is not { } first)
        {
            return null;
        }

        if (CountOf(first.Spec) == parameters)
        {
            return first.Notes.Count > 0 && ModelZoo.Find(first.Spec.Architecture.Id)!.TransBench!.IsStandIn
                ? (first.Spec, [.. first.Notes, $"Its {parameters.ToString("N0", CultureInfo.InvariantCulture)} parameters are those of TransBench's stub, so it is {first.Spec.Architecture.Id} here, not {report.Text("config.arch")}."])
                : first;
        }

        if (Map(report, isStandIn: false) is not { } real)
        {
            return null;
        }

        var count = CountOf(real.Spec);
        return count == parameters ? real
            : (real.Spec, [.. real.Notes, string.Create(CultureInfo.InvariantCulture, $"The report counts {parameters:N0} parameters; this specification has {count:N0}, so it is not the same model.")]);
    }

    private static long CountOf(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).ParameterCount;

    private static (RunSpec Spec, IReadOnlyList<string> Notes)? Map(ReportJson report, bool isStandIn)
    {
        var before = report.Problems.Count;
        var texts = TransBenchConfig.TextsOf(report.Find("config")!.Value);
        var mapping = TransBenchConfig.Read(texts, new TransBenchContext { StandIns = isStandIn, IsOfReport = true });
        var reading = RunSpecReader.ReadUnchecked(mapping.Settings.Select(setting => new KeyValuePair<string, string>(setting.Path, setting.Text)));
        var spec = reading.Spec with { Name = NameOf(report), Tags = report.Texts("run.tags"), Notes = report.Text("run.notes") };
        SpecProblem[] problems = [.. mapping.Problems, .. reading.Problems];
        foreach (var problem in problems.Length > 0 ? problems : [.. SpecValidator.ValidateModel(spec)])
        {
            report.Add($"config.{mapping.KeyOf(problem.Path) ?? problem.Path}", problem.Reason, problem.Remedy);
        }

        return report.Problems.Count > before ? null : (spec, mapping.Notes);
    }

    private static string NameOf(ReportJson report) => report.Text("run.name") is { Length: > 0 } name ? name : $"{report.Text("config.arch")}-{report.Text("config.dataset")}".Replace('_', '-');

    private static RunRecord RecordOf(ReportJson report, RunSpec spec, string id, DateTimeOffset at, long parameters, IReadOnlyDictionary<string, MetricSeries> series)
    {
        var facts = DatasetCatalog.Find(spec.Dataset.Id)!.Describe(spec.Dataset.Options, spec.Shape.ContextLength, SpecValidator.VocabularyOf(spec));
        var losses = series.GetValueOrDefault(TrainingMetrics.TrainLoss.Name, MetricSeries.Empty).Values;
        var last = Array.FindLastIndex(losses, double.IsFinite);
        return new RunRecord
        {
            Id = RunId.Of(at, $"{id} {at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}"),
            Spec = spec,
            SpecHash = RunSpecJson.Hash(spec),
            Source = $"TransBench report {id}",
            Status = RunStatus.Completed,
            CreatedAt = at,
            EndedAt = at,
            Step = spec.Training.Steps,
            Parameters = parameters,
            Chance = facts.Chance,
            Floor = facts.Floor,
            SeesTheFuture = ModelZoo.Find(spec.Architecture.Id)!.IsCausal(spec.Architecture.Options) ? null : true,
            TrainLoss = last < 0 ? null : losses[last],
            EvalLoss = report.Number("metrics.eval_loss"),
            TokensPerSecond = report.Number("metrics.tokens_per_s"),
        };
    }

    /// <summary>Lists by step under our names, and each single number under its own, so that an export gives it back.</summary>
    private static Dictionary<string, MetricSeries> SeriesOf(ReportJson report, long length)
    {
        var all = new Dictionary<string, MetricSeries>();
        foreach (var (key, name) in new[]
        {
            ("loss_series", TrainingMetrics.TrainLoss.Name), ("lr_series", TrainingMetrics.LearningRate.Name), ("total_loss_series", ReportedMetrics.TotalLoss),
            ("mig_gate_series", ReportedMetrics.Gate), ("sil_gate_series", ReportedMetrics.Gate),
        })
        {
            if (report.Numbers("metrics." + key, length) is { Length: > 0 } values)
            {
                all[name] = new MetricSeries([.. Enumerable.Range(1, values.Length).Select(step => (long)step)], values);
            }
        }

        foreach (var property in report.Find("metrics") is { ValueKind: JsonValueKind.Object } metrics ? metrics.EnumerateObject() : default)
        {
            if (property.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null) && report.Number("metrics." + property.Name) is { } value)
            {
                all[ReportedMetrics.Prefix + property.Name] = new MetricSeries([length], [value]);
            }
        }

        if (all.TryGetValue(ReportedMetrics.Prefix + "eval_loss", out var loss))
        {
            all[TrainingMetrics.EvalLoss.Name] = loss;
        }

        return all;
    }

    /// <summary>The one auxiliary loss that an architecture of TransBench has is what the total is more than the loss.</summary>
    private static Dictionary<string, MetricSeries> WithAuxiliary(Dictionary<string, MetricSeries> series, RunSpec spec)
    {
        if (series.Remove(ReportedMetrics.TotalLoss, out var total) && series.TryGetValue(TrainingMetrics.TrainLoss.Name, out var loss)
            && spec.Architecture.Options switch { MigOptions => "gate", SilOptions => "ruleEntropy", AsrOptions => "consistency", _ => null } is { } name)
        {
            series[$"aux.{name}.scaled"] = new MetricSeries(total.Steps, [.. total.Values.Zip(loss.Values, (sum, part) => sum - part)]);
        }

        return series;
    }

    private static IEnumerable<RunLogEntry> LogOf(ReportJson report, RunRecord run, IReadOnlyList<string> notes)
    {
        var lines = new List<(string Text, bool IsWarning)> { ($"Imported from {report.File}. Trained by TransBench{Machine(report)}.", false) };
        lines.AddRange(notes.Select(note => (note, false)));
        if (run.EvalLoss is not null)
        {
            lines.Add(("The evaluation is one batch of training data; the report has no interval for it.", true));
        }

        if (run.Spec.Architecture.Options is MigOptions && run.Spec.Tags.Contains("amig"))
        {
            lines.Add(("The tag says that layers keep different shares of tokens; reports do not say which, so the specification has one share for all.", true));
        }

        return lines.Select((line, i) => new RunLogEntry(i, run.CreatedAt, run.Step, line.Text, line.IsWarning));
    }

    private static string Machine(ReportJson report)
    {
        string[] known = [.. new[] { report.Text("system.device"), report.Text("system.gpu_name"), report.Text("system.cpu_brand"), report.Text("system.os"), report.Text("system.torch") is { Length: > 0 } torch ? $"torch {torch}" : "" }.Where(text => text.Length > 0)];
        return known.Length == 0 ? "" : $" on {string.Join(", ", known)}";
    }
}
