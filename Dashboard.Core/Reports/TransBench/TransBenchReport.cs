using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crossbench.Models;

namespace Crossbench.Reports.TransBench;

/// <summary>
/// A run as TransBench's report JSON (schema version 2): its keys with its meanings, so that its tools read it, and everything else that is known of the
/// run under the one key <c>crossbench</c>. What a run cannot know is null.
/// </summary>
public static class TransBenchReport
{
    /// <summary>Version of the form.</summary>
    public const int SchemaVersion = 2;

    /// <summary>The key that holds what TransBench has no place for.</summary>
    public const string OwnKey = "crossbench";

    private static readonly JsonWriterOptions Pretty = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a report, indented by two, with a newline at its end.</summary>
    public static void Write(Stream stream, RunResult result)
    {
        using (var writer = new Utf8JsonWriter(stream, Pretty))
        {
            Write(writer, result);
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Writes several reports as one list.</summary>
    public static void Write(Stream stream, IEnumerable<RunResult> results)
    {
        using (var writer = new Utf8JsonWriter(stream, Pretty))
        {
            writer.WriteStartArray();
            foreach (var result in results)
            {
                Write(writer, result);

                // The writer keeps everything until then.
                writer.Flush();
            }

            writer.WriteEndArray();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Writes a report as one value.</summary>
    public static void Write(Utf8JsonWriter writer, RunResult result)
    {
        var numbers = new TransBenchNumbers(result);
        writer.WriteStartObject();
        writer.WriteNumber("schema_version", SchemaVersion);
        WriteRun(writer, result);
        WriteSystem(writer, result);
        WriteModel(writer, result);
        writer.WriteStartObject("config");
        TransBenchConfiguration.Write(writer, result.Spec);
        writer.WriteEndObject();
        WriteMetrics(writer, numbers);
        writer.WriteStartObject("derived");
        writer.Number("params_m", result.Parameters / 1e6);
        writer.Number("tokens_per_s_per_mparam", numbers.TokensPerSecond / (result.Parameters / 1e6));
        writer.WriteEndObject();
        writer.WriteStartObject(OwnKey);
        CrossbenchPart.Write(writer, result, numbers);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter writer, RunResult result)
    {
        var environment = MachineFacts.Of(result);
        writer.WriteStartObject("run");
        writer.WriteString("id", TransBenchName.IdOf(result.Run));
        writer.WriteString("timestamp_utc", TransBenchName.TimeOf(result.Run).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture));
        writer.WriteString("name", result.Spec.Name);
        writer.Texts("tags", result.Spec.Tags);
        writer.WriteString("notes", result.Spec.Notes);
        writer.WriteString("command", "crossbench train");
        writer.WriteNull("argv");
        writer.WriteNull("cwd");
        writer.WriteNull("hostname");
        writer.Text("git_commit", environment.Commit);
        writer.WriteEndObject();
    }

    private static void WriteSystem(Utf8JsonWriter writer, RunResult result)
    {
        var environment = MachineFacts.Of(result);
        var device = result.Spec.Training.Device;
        writer.WriteStartObject("system");
        writer.Text("os", environment.OperatingSystem);
        writer.WriteNull("python");
        writer.Text("torch", environment.Torch);
        writer.WriteBoolean("cuda_available", device.StartsWith("cuda", StringComparison.Ordinal));
        writer.WriteNull("cuda_version");
        writer.WriteNull("gpu_name");
        writer.Text("cpu_brand", environment.Processor);
        writer.Number("cpu_count", environment.Cores);
        writer.Number("ram_gb", environment.Memory);
        writer.WriteString("device", device);
        writer.WriteEndObject();
        writer.WriteStartObject("packages");
        if (environment.Torch is { } version)
        {
            writer.WriteString("torch", version);
        }

        writer.WriteEndObject();
    }

    /// <summary>TransBench's four buckets: a block's norms count with its mixer and its feed-forward network, the final norm with none of them.</summary>
    private static void WriteModel(Utf8JsonWriter writer, RunResult result)
    {
        var parts = result.Cost.Parameters.Where(parameter => !parameter.IsBuffer).ToLookup(BucketOf, parameter => parameter.Count);
        var isKnown = result.Cost.ParameterCount == result.Parameters;
        writer.WriteStartObject("model");
        writer.WriteNumber("total_parameters", result.Parameters);
        foreach (var bucket in (string[])["embedding", "mixin", "ffn", "lm_head"])
        {
            writer.Number(bucket + "_parameters", isKnown ? parts[bucket].Sum() : null);
        }

        writer.WriteEndObject();
    }

    private static string BucketOf(ParameterShape parameter) => parameter.Name switch
    {
        "norm.weight" or "norm.bias" => "none",
        var name when name.StartsWith("lm_head.", StringComparison.Ordinal) => "lm_head",
        var name when parameter.Part == "FFN" || name.Contains(".norm2.", StringComparison.Ordinal) => "ffn",
        var name when name.StartsWith("layers.", StringComparison.Ordinal) => "mixin",
        _ => "embedding",
    };

    private static void WriteMetrics(Utf8JsonWriter writer, TransBenchNumbers numbers)
    {
        void Put(string key, double? value) => writer.Number(key, numbers.Reported(key) ?? value);
        var (signal, noise, ratio) = numbers.HasMigGates ? numbers.Separation : (null, null, null);
        writer.WriteStartObject("metrics");
        Put("forward_ms_mean", null);
        Put("forward_ms_p50", null);
        Put("forward_ms_p95", null);
        Put("train_step_ms_mean", numbers.Step.Mean);
        Put("train_step_ms_p50", numbers.Step.Median);
        Put("train_step_ms_p95", numbers.Step.Percentile95);
        Put("tokens_per_s", numbers.TokensPerSecond);
        Put("loss_mean", numbers.MeanLoss);
        writer.Numbers("loss_series", numbers.PerStep(numbers.Loss));
        writer.Numbers("lr_series", numbers.PerStep(numbers.LearningRate));
        Put("mig_aux_loss_mean", numbers.MeanAuxiliary("gate"));
        Put("asr_aux_loss_mean", numbers.MeanAuxiliary("consistency"));
        Put("sil_aux_loss_mean", numbers.MeanAuxiliary("ruleEntropy"));
        Put("total_loss_mean", numbers.MeanTotal);
        writer.Numbers("total_loss_series", numbers.PerStep(numbers.Total));
        writer.Numbers("mig_gate_series", numbers.HasMigGates ? numbers.PerStep(numbers.Gate) : null);
        writer.Numbers("sil_gate_series", numbers.HasSilGates ? numbers.PerStep(numbers.Gate) : null);
        Put("peak_mem_mb", numbers.PeakMemory);
        Put("eval_loss", numbers.EvaluationLoss);
        Put("mig_gate_signal_mean", signal);
        Put("mig_gate_noise_mean", noise);
        Put("mig_gate_selectivity", ratio);
        writer.WriteEndObject();
    }
}
