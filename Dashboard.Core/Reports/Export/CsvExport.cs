using System.Globalization;
using System.Text;
using Crossbench.Training;

namespace Crossbench.Reports.Export;

/// <summary>
/// Tables for other programs: UTF-8, commas, a header, fields in quotes where they must be (RFC 4180), numbers with all their digits, <c>NaN</c> where a
/// measured number was none, and nothing where none is known.
/// </summary>
public static class CsvExport
{
    private static readonly string[] ResultColumns =
    [
        "run", "name", "tags", "architecture", "dataset", "seed", "status", "source", "created_at", "ended_at", "step", "steps", "parameters", "training_flops_per_token", "tokens_seen",
        "train_loss", "eval_loss", "eval_low", "eval_high", "chance", "floor", "chance_to_floor", "not_learned", "sees_the_future", "tokens_per_s", "elapsed_s", "learning_rate", "batch_size",
        "context_length", "layers", "width", "vocabulary", "precision", "device", "threads", "spec_hash",
    ];

    /// <summary>A row a run.</summary>
    public static void WriteResults(TextWriter writer, IEnumerable<RunResult> runs)
    {
        Row(writer, ResultColumns);
        foreach (var result in runs)
        {
            var (run, spec) = (result.Run, result.Spec);
            Row(writer,
            [
                run.Id.Value, spec.Name, string.Join(' ', spec.Tags), spec.Architecture.Id, spec.Dataset.Id, Whole(spec.Seed), run.Status.ToString().ToLowerInvariant(), run.Source,
                Moment(run.CreatedAt), Moment(run.EndedAt), Whole(run.Step), Whole(spec.Training.Steps), Whole(result.Parameters), Figures.Exact(result.Cost.TrainingFlops), Whole(run.Step * result.TokensPerStep),
                Figures.Exact(run.TrainLoss), Figures.Exact(run.EvalLoss), Figures.Exact(run.EvalLow), Figures.Exact(run.EvalHigh), Figures.Exact(run.Chance), Figures.Exact(run.Floor),
                Figures.Exact(run.ChanceToFloor), Flag(run.NotLearned), Flag(run.SeesTheFuture), Figures.Exact(run.TokensPerSecond), Figures.Exact(run.Elapsed), Figures.Exact(spec.Training.LearningRate),
                Whole(spec.Training.BatchSize), Whole(spec.Shape.ContextLength), Whole(spec.Shape.Layers), Whole(spec.Shape.Width), Whole(SpecValidator.VocabularyOf(spec)),
                spec.Training.Precision.ToString().ToLowerInvariant(), spec.Training.Device, (result.Environments.Count > 0 ? result.Environments[^1].Environment.Threads : spec.Training.Threads) is { } threads ? Whole(threads) : "", run.SpecHash,
            ]);
        }
    }

    /// <summary>A row a point: run, name, seed, metric, step, value.</summary>
    public static void WriteSeries(TextWriter writer, IEnumerable<RunResult> runs)
    {
        Row(writer, ["run", "name", "architecture", "dataset", "seed", "metric", "step", "value"]);
        foreach (var result in runs)
        {
            var beginning = Joined([result.Run.Id.Value, result.Spec.Name, result.Spec.Architecture.Id, result.Spec.Dataset.Id, Whole(result.Spec.Seed)]);
            foreach (var (metric, series) in result.Series)
            {
                var name = Quoted(metric);
                for (var i = 0; i < series.Count; i++)
                {
                    writer.Write($"{beginning},{name},{Whole(series.Steps[i])},{Figures.Exact(series.Values[i])}\n");
                }
            }
        }
    }

    /// <summary>A row an evaluation.</summary>
    public static void WriteEvaluations(TextWriter writer, IEnumerable<RunResult> runs)
    {
        Row(writer, ["run", "name", "architecture", "dataset", "seed", "set", "step", "loss", "low", "high"]);
        foreach (var result in runs)
        {
            foreach (var item in result.Evaluations)
            {
                Row(writer,
                [
                    result.Run.Id.Value, result.Spec.Name, result.Spec.Architecture.Id, result.Spec.Dataset.Id, Whole(result.Spec.Seed), item.Set, Whole(item.Step),
                    Figures.Exact(item.Loss), Figures.Exact(item.Low), Figures.Exact(item.High),
                ]);
            }
        }
    }

    private static void Row(TextWriter writer, IEnumerable<string> fields) => writer.Write(Joined(fields) + "\n");

    private static string Joined(IEnumerable<string> fields) => string.Join(',', fields.Select(Quoted));

    private static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : new StringBuilder("\"").Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Flag(bool? value) => value switch { true => "true", false => "false", _ => "" };

    private static string Moment(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
