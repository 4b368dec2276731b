using System.Text.Json;
using Crossbench.Models;
using Crossbench.Reports;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Reports;

public sealed class TransBenchReportTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Keys_AreThoseOfTransBench_AndOneOfOurOwn()
    {
        var report = ReportOf(SampleResults.Gated(_store));
        Assert.Equal(["schema_version", "run", "system", "packages", "model", "config", "metrics", "derived", "crossbench"], Keys(report));
        Assert.Equal(["id", "timestamp_utc", "name", "tags", "notes", "command", "argv", "cwd", "hostname", "git_commit"], Keys(report.GetProperty("run")));
        Assert.Equal(["os", "python", "torch", "cuda_available", "cuda_version", "gpu_name", "cpu_brand", "cpu_count", "ram_gb", "device"], Keys(report.GetProperty("system")));
        Assert.Equal(["total_parameters", "embedding_parameters", "mixin_parameters", "ffn_parameters", "lm_head_parameters"], Keys(report.GetProperty("model")));
        Assert.Equal(
        [
            "arch", "num_layers", "hidden_size", "ffn_mult", "num_heads", "num_kv_heads", "vocab_size", "initializer_range", "seq_len", "batch_size", "warmup", "steps", "learning_rate", "min_lr", "dataset", "seed",
            "cache_dir", "offline", "device", "dtype", "tokenizer_model", "mig_gate_dim", "mig_lambda", "mig_keep_ratio", "sil_num_latent_rules", "sil_temperature", "sil_hard_train", "sil_hard_eval", "asr_noise_std",
            "asr_lambda", "sil_lambda", "aux_warmup_steps", "sil_temperature_final", "signal_ratio", "motif_len", "poison_ratio",
        ], Keys(report.GetProperty("config")));
        Assert.Equal(
        [
            "forward_ms_mean", "forward_ms_p50", "forward_ms_p95", "train_step_ms_mean", "train_step_ms_p50", "train_step_ms_p95", "tokens_per_s", "loss_mean", "loss_series", "lr_series", "mig_aux_loss_mean",
            "asr_aux_loss_mean", "sil_aux_loss_mean", "total_loss_mean", "total_loss_series", "mig_gate_series", "sil_gate_series", "peak_mem_mb", "eval_loss", "mig_gate_signal_mean", "mig_gate_noise_mean", "mig_gate_selectivity",
        ], Keys(report.GetProperty("metrics")));
        Assert.Equal(["params_m", "tokens_per_s_per_mparam"], Keys(report.GetProperty("derived")));
        Assert.Equal(2, report.GetProperty("schema_version").GetInt32());
    }

    [Fact]
    public void Numbers_AreThoseOfTheTimedSteps()
    {
        var metrics = ReportOf(SampleResults.Gated(_store)).GetProperty("metrics");
        double[] timed = [10, 20, 30, 60];
        Close(30, metrics, "train_step_ms_mean");
        Close(25, metrics, "train_step_ms_p50");
        Close(30 + (0.85 * 30), metrics, "train_step_ms_p95");
        Close(4 * 16 / (timed.Average() / 1000), metrics, "tokens_per_s");
        Close(((5 + 4.5 + 4.25 + 4) / 4) + 0.003, metrics, "loss_mean");
        Assert.Equal(SampleResults.Losses.Select(loss => loss + 0.003), metrics.GetProperty("loss_series").EnumerateArray().Select(item => item.GetDouble()));
        Assert.Equal([0.001, 0.002, 0.003, 0.004, 0.005, 0.006], metrics.GetProperty("lr_series").EnumerateArray().Select(item => item.GetDouble()));
        Close(4.2, metrics, "eval_loss");
        Close(600, metrics, "peak_mem_mb");
        Assert.Equal(JsonValueKind.Null, metrics.GetProperty("forward_ms_mean").ValueKind);
    }

    [Fact]
    public void GatesAndAuxiliaryLosses_AreMeansOverLayers_AtTheStepsThatMeasuredThem()
    {
        var metrics = ReportOf(SampleResults.Gated(_store)).GetProperty("metrics");
        Assert.Equal([null, 0.6, null, 1.2, null, 1.8], Numbers(metrics, "mig_gate_series"));
        Assert.Equal([null, 5.25 + 0.003 + 1, null, 4.5 + 0.003 + 2, null, 4 + 0.003 + 3], Numbers(metrics, "total_loss_series"));
        Close((1.0 + 2 + 3) / 3, metrics, "mig_aux_loss_mean");
        Close(((4.503 + 2) + (4.003 + 3)) / 2, metrics, "total_loss_mean");
        Close(0.7, metrics, "mig_gate_signal_mean");
        Close(0.2, metrics, "mig_gate_noise_mean");
        Close(3.5, metrics, "mig_gate_selectivity");
        Assert.Equal(JsonValueKind.Null, metrics.GetProperty("sil_gate_series").ValueKind);
        Assert.Equal(JsonValueKind.Null, metrics.GetProperty("asr_aux_loss_mean").ValueKind);
    }

    [Theory]
    [InlineData("aux.gate.scaled")]
    [InlineData("aux.consistency.scaled")]
    [InlineData("aux.ruleEntropy.scaled")]
    [InlineData("gateMean")]
    [InlineData("gateSignalMean")]
    [InlineData("gateNoiseMean")]
    public void MetricsThatReportsLookFor_AreDeclared(string name) =>
        Assert.Contains(ModelZoo.All.SelectMany(item => item.Diagnostics(item.Defaults)), metric => metric.Name == name);

    [Fact]
    public void Parameters_FallIntoTransBenchsBuckets()
    {
        var spec = TestStore.Spec(("shape.layers", "6"), ("shape.width", "256"), ("shape.heads", "8"), ("shape.kvHeads", "4"), ("shape.ffn", "512"), ("shape.vocabulary", "4096"), ("shape.positions", "none"));
        var run = _store.Store.Create(spec);
        var model = Parse(RunResult.Read(_store.Store, run.Id, ResultDetail.Everything)!).GetProperty("model");
        Assert.Equal([5_648_128, 1_048_576, 1_185_792, 2_360_832, 1_052_672], model.EnumerateObject().Select(item => item.Value.GetInt64()));
    }

    [Fact]
    public void RunThatHasNotBegun_HasNullsOnly()
    {
        var report = ReportOf(_store.Queued());
        Assert.All(report.GetProperty("metrics").EnumerateObject(), item => Assert.Equal(JsonValueKind.Null, item.Value.ValueKind));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("system").GetProperty("torch").ValueKind);
        Assert.Equal("queued", report.GetProperty("crossbench").GetProperty("status").GetString());
    }

    [Fact]
    public void NotANumber_IsNull()
    {
        var id = _store.Running();
        _store.Store.Append(id, [TestStore.Point(1, 5), TestStore.Point(2, double.NaN), TestStore.Point(3, double.PositiveInfinity)]);
        var text = TextOf(SampleResults.Read(_store, id));
        Assert.Equal([5, null, null], Numbers(JsonDocument.Parse(text).RootElement.GetProperty("metrics"), "loss_series"));
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_CountFromTheEndOfWarmUp_AndListsHaveOneValueAStep()
    {
        var report = ReportOf(SampleResults.Plain(_store));
        var config = report.GetProperty("config");
        Assert.Equal((2, 4), (config.GetProperty("warmup").GetInt32(), config.GetProperty("steps").GetInt32()));
        Assert.Equal(6, report.GetProperty("metrics").GetProperty("loss_series").GetArrayLength());
        Assert.Equal(1.5, config.GetProperty("ffn_mult").GetDouble());
        Assert.Equal(("gqa", "sparse_signal", "float32", 3), (config.GetProperty("arch").GetString(), config.GetProperty("dataset").GetString(), config.GetProperty("dtype").GetString(), config.GetProperty("seed").GetInt32()));
        Assert.Equal(JsonValueKind.Null, config.GetProperty("mig_gate_dim").ValueKind);
    }

    [Fact]
    public void StepsThatWereNotLogged_AreNull_AndPercentilesAreNotKnown()
    {
        var id = _store.Queued(("training.steps", "6"), ("training.warmup", "0"), ("training.logEvery", "3"));
        _store.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        _store.Store.Append(id, [new Measured(3, 3, [new(TrainingMetrics.TrainLoss.Name, 3, 5), new(TrainingMetrics.Elapsed.Name, 3, 0.3)]), new Measured(6, 6, [new(TrainingMetrics.TrainLoss.Name, 6, 4), new(TrainingMetrics.Elapsed.Name, 6, 0.9)])]);
        var report = ReportOf(id);
        var metrics = report.GetProperty("metrics");
        Assert.Equal([null, null, 5, null, null, 4], Numbers(metrics, "loss_series"));
        Close(150, metrics, "train_step_ms_mean");
        Assert.Equal(JsonValueKind.Null, metrics.GetProperty("train_step_ms_p95").ValueKind);
        Assert.Contains("One step in 3 was logged", report.GetProperty("crossbench").GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OwnKey_HoldsTheWholeRun()
    {
        var id = SampleResults.Gated(_store, notes: "A note with <b> and \"quotes\".");
        var own = ReportOf(id).GetProperty("crossbench");
        var run = _store.Store.Find(id)!;
        Assert.Equal((id.Value, run.SpecHash, "completed"), (own.GetProperty("run_id").GetString(), own.GetProperty("spec_hash").GetString(), own.GetProperty("status").GetString()));
        Assert.Equal(RunSpecJson.Write(run.Spec), RunSpecJson.Write(RunSpecJson.Read(own.GetProperty("spec").GetRawText())));
        Close(4.17, own.GetProperty("interval"), "low");
        Close(3.2, own, "floor");
        var final = own.GetProperty("final_evaluations")[0];
        Close(3.7, final.GetProperty("classes").GetProperty("signal"), "loss");
        Assert.Equal(["signal", "noise", "signal", "noise"], final.GetProperty("sequences").GetProperty("class").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(_store.Store.Metrics(id), Keys(own.GetProperty("series")));
        Assert.Equal("cpu, 1 thread, libtorch 1.13.1", own.GetProperty("environment").GetProperty("words").GetString());
        var system = ReportOf(id).GetProperty("system");
        Assert.Equal(("1.13.1", "Some CPU", 4, 8, "Linux"), (system.GetProperty("torch").GetString(), system.GetProperty("cpu_brand").GetString(), system.GetProperty("cpu_count").GetInt32(), system.GetProperty("ram_gb").GetInt32(), system.GetProperty("os").GetString()));
        Assert.Equal("abc1234", ReportOf(id).GetProperty("run").GetProperty("git_commit").GetString());
    }

    [Fact]
    public void RunOfRandomNumbers_HasTheMeansThatALoopFinds()
    {
        var random = new Random(7);
        var id = _store.Queued(("training.steps", "500"), ("training.warmup", "60"));
        _store.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        double[] times = [.. Enumerable.Range(0, 500).Select(_ => 1 + random.NextDouble())], losses = [.. times.Select(_ => random.NextDouble() * 9)];
        var elapsed = 0.0;
        _store.Store.Append(id, [.. times.Select((time, i) => new Measured(i + 1, i + 1, [new(TrainingMetrics.TrainLoss.Name, i + 1, losses[i]), new(TrainingMetrics.Elapsed.Name, i + 1, elapsed += time)]))]);
        var metrics = ReportOf(id).GetProperty("metrics");
        var late = times[60..].Order().ToArray();
        Close(1000 * late.Sum() / 440, metrics, "train_step_ms_mean");
        Close(losses[60..].Sum() / 440, metrics, "loss_mean");

        // Rank 0.95·439 = 417.05: five hundredths of the way from the 418th to the 419th smallest.
        Close(1000 * ((0.95 * late[417]) + (0.05 * late[418])), metrics, "train_step_ms_p95");
        Close(1000 * (late[219] + late[220]) / 2, metrics, "train_step_ms_p50");
    }

    private JsonElement ReportOf(RunId id) => Parse(SampleResults.Read(_store, id));

    private static JsonElement Parse(RunResult result) => JsonDocument.Parse(TextOf(result)).RootElement;

    private static string TextOf(RunResult result)
    {
        using var stream = new MemoryStream();
        TransBenchReport.Write(stream, result);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        Assert.StartsWith("{\n  \"schema_version\": 2,\n  \"run\": {\n    \"id\": \"", text, StringComparison.Ordinal);
        return text;
    }

    private static void Close(double expected, JsonElement parent, string key) => Assert.Equal(expected, parent.GetProperty(key).GetDouble(), 1e-9 * Math.Max(1, Math.Abs(expected)));

    private static double?[] Numbers(JsonElement parent, string key) =>
        [.. parent.GetProperty(key).EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? (double?)null : Math.Round(item.GetDouble(), 12))];

    private static string[] Keys(JsonElement parent) => [.. parent.EnumerateObject().Select(item => item.Name)];
}
