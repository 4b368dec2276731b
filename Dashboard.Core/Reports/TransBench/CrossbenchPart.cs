using System.Globalization;
using System.Text.Json;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.TransBench;

/// <summary>What a report says under the key <c>crossbench</c>: everything of the run that TransBench's keys have no place for.</summary>
internal static class CrossbenchPart
{
    /// <summary>How the record of a machine is written and read.</summary>
    public static JsonSerializerOptions Machine { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    public static void Write(Utf8JsonWriter writer, RunResult result, TransBenchNumbers numbers)
    {
        var run = result.Run;
        writer.WriteString("run_id", run.Id.Value);
        writer.WritePropertyName("spec");
        writer.WriteRawValue(RunSpecJson.Write(run.Spec));
        writer.WriteString("spec_hash", run.SpecHash);
        writer.Text("suite", run.Suite?.Name);
        writer.WriteNumber("seed", run.Spec.Seed);
        writer.WriteString("command", CommandOf(run.Spec));
        WriteState(writer, run);
        WriteCost(writer, result);
        WriteResults(writer, run);
        WriteEvaluations(writer, result);
        WriteTimes(writer, result);
        WriteEnvironment(writer, result);
        WriteSeries(writer, result);
        WriteLog(writer, result);
        writer.Texts("notes", numbers.Notes);
    }

    /// <summary>The command that repeats the run.</summary>
    private static string CommandOf(RunSpec spec) => string.Join(' ',
        ["train", "--architecture", spec.Architecture.Id, "--dataset", spec.Dataset.Id, .. RunSpecJson.Changes(spec).Where(pair => pair.Key is not ("architecture.id" or "dataset.id" or "notes"))
            .SelectMany(pair => new[] { "--set", $"'{pair.Key}={pair.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'" })]);

    private static void WriteState(Utf8JsonWriter writer, RunRecord run)
    {
        writer.WriteString("status", run.Status.ToString().ToLowerInvariant());
        writer.WriteString("reason", run.Reason);
        writer.Text("created_at", Time(run.CreatedAt));
        writer.Text("started_at", Time(run.StartedAt));
        writer.Text("ended_at", Time(run.EndedAt));
        writer.WriteNumber("step", run.Step);
        writer.WriteNumber("steps", run.Spec.Training.Steps);
    }

    private static void WriteCost(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartObject("parameters_by_part");
        foreach (var (part, count) in result.Cost.Parts)
        {
            writer.WriteNumber(part, count);
        }

        writer.WriteEndObject();
        writer.Number("forward_flops_per_token", result.Cost.ForwardFlops);
        writer.Number("training_flops_per_token", result.Cost.TrainingFlops);
        writer.WriteNumber("tokens_per_step", result.TokensPerStep);
        writer.WriteNumber("tokens_seen", result.TokensPerStep * result.Run.Step);
    }

    private static void WriteResults(Utf8JsonWriter writer, RunRecord run)
    {
        writer.Number("chance", run.Chance);
        writer.Number("floor", run.Floor);
        writer.WritePropertyName("sees_the_future");
        if (run.SeesTheFuture is { } sees)
        {
            writer.WriteBooleanValue(sees);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteBoolean("not_learned", run.NotLearned);
        writer.WriteBoolean("is_stub", TransBenchConfiguration.IsStub(run.Spec));
        writer.Number("train_loss", run.TrainLoss);
        writer.Number("eval_loss", run.EvalLoss);
        writer.WriteStartObject("interval");
        writer.WriteNumber("level", 0.95);
        writer.Number("low", run.EvalLow);
        writer.Number("high", run.EvalHigh);
        writer.WriteEndObject();
        writer.Number("tokens_per_s_steady", run.TokensPerSecond);
        writer.Number("elapsed_s", run.Elapsed);
    }

    private static void WriteEvaluations(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartArray("evaluations");
        foreach (var item in result.Evaluations)
        {
            writer.WriteStartObject();
            WriteSummary(writer, item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("final_evaluations");
        foreach (var item in result.Final)
        {
            writer.WriteStartObject();
            WriteSummary(writer, item.Summary);
            writer.WriteStartObject("classes");
            foreach (var (kind, loss, tokens) in item.Classes)
            {
                writer.WriteStartObject(kind.ToString().ToLowerInvariant());
                writer.Number("loss", loss);
                writer.WriteNumber("tokens", tokens);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteStartObject("sequences");
            writer.Line("sequence", item.Sequences.Select(row => (double)row.Sequence));
            writer.WritePropertyName("class");
            writer.WriteRawValue($"[{string.Join(',', item.Sequences.Select(row => $"\"{row.Class.ToString().ToLowerInvariant()}\""))}]");
            writer.Line("loss", item.Sequences.Select(row => row.Loss));
            writer.Line("tokens", item.Sequences.Select(row => (double)row.Tokens));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSummary(Utf8JsonWriter writer, EvaluationRecord item)
    {
        writer.WriteNumber("step", item.Step);
        writer.WriteString("set", item.Set);
        writer.Number("loss", item.Loss);
        writer.Number("low", item.Low);
        writer.Number("high", item.High);
    }

    private static void WriteTimes(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartObject("step_times_ms");
        foreach (var metric in TrainingMetrics.StepTimes)
        {
            var series = result.SeriesOf(metric.Name);
            var values = series.Values.Where((_, i) => series.Steps[i] > result.Spec.Training.WarmupSteps).ToArray();
            if (values.Length > 0)
            {
                writer.WriteStartObject(metric.Name[(metric.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
                writer.Number("mean", values.Average());
                writer.Number("p50", StepValues.Percentile(values, 0.5));
                writer.Number("p95", StepValues.Percentile(values, 0.95));
                writer.WriteNumber("n", values.Length);
                writer.WriteEndObject();
            }
        }

        foreach (var (name, metric) in new[] { ("p50", TrainingMetrics.StepMedian), ("p95", TrainingMetrics.StepPercentile) })
        {
            writer.Number("steady_" + name, result.SeriesOf(metric.Name) is { Count: > 0 } series ? series.Values[^1] : null);
        }

        writer.WriteEndObject();
    }

    private static void WriteEnvironment(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartObject("environment");
        writer.Text("words", MachineFacts.Of(result).Words);
        writer.WriteString("device", result.Spec.Training.Device);
        writer.Number("threads", result.Environments.Count > 0 ? result.Environments[^1].Environment.Threads : result.Spec.Training.Threads);
        writer.WriteBoolean("busy_machine", result.Run.BusyMachine);
        writer.WriteEndObject();
        writer.WriteStartArray("environments");
        foreach (var item in result.Environments)
        {
            writer.WriteStartObject();
            writer.Text("at", Time(item.At));
            writer.WriteNumber("step", item.Step);
            writer.WritePropertyName("machine");
            JsonSerializer.Serialize(writer, item.Environment, Machine);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSeries(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartObject("series");
        foreach (var (name, series) in result.Series)
        {
            writer.WriteStartObject(name);
            writer.Line("steps", series.Steps.Select(step => (double)step));
            writer.Line("values", series.Values);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteLog(Utf8JsonWriter writer, RunResult result)
    {
        writer.WriteStartArray("log");
        foreach (var line in result.Log)
        {
            writer.WriteStartObject();
            writer.Text("at", Time(line.At));
            writer.WriteNumber("step", line.Step);
            writer.WriteString("text", line.Text);
            writer.WriteBoolean("is_warning", line.IsWarning);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("checkpoints");
        foreach (var checkpoint in result.Checkpoints)
        {
            writer.WriteStartObject();
            writer.WriteNumber("step", checkpoint.Step);
            writer.WriteNumber("bytes", checkpoint.Bytes);
            writer.Text("at", Time(checkpoint.At));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? Time(DateTimeOffset? at) => at?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'", CultureInfo.InvariantCulture);
}
