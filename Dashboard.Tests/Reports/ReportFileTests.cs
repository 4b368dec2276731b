using System.Text;
using System.Text.Json;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Reports.TransBench;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Reports;

public sealed class ReportFileTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void DefaultName_IsTimeArchitectureAndId()
    {
        var result = SampleResults.Read(_store, SampleResults.Gated(_store));
        Assert.Equal($"20260102_030411_mig_{TransBenchName.IdOf(result.Run)}.json", TransBenchName.Default(result.Run));
        Assert.Matches("^[0-9a-f]{10}$", TransBenchName.IdOf(result.Run));
    }

    [Theory]
    [InlineData("gqa", "gqa_sparse_signal_L2_H32_S16_B4_heads4_kv2_cpu_float32.json")]
    [InlineData("mig", "mig_sparse_signal_L2_H32_S16_B4_heads4_kv2_cpu_float32_migG64_lam0p001_keep0p7.json")]
    [InlineData("sil", "sil_sparse_signal_L2_H32_S16_B4_heads4_kv2_cpu_float32_silR32_T1_ht0_he1.json")]
    [InlineData("asr", "asr_sparse_signal_L2_H32_S16_B4_heads4_kv2_cpu_float32_asrN0p3_lam0p1.json")]
    [InlineData("mamba2", "mamba2_sparse_signal_L2_H32_S16_B4_heads4_kv-_cpu_float32.json")]
    [InlineData("mamba2-stub", "mamba2_sparse_signal_L2_H32_S16_B4_heads4_kv-_cpu_float32.json")]
    public void StableName_IsWhatTheRunIs(string architecture, string expected) => Assert.Equal(expected, TransBenchName.Stable(TestStore.Spec(
        ("architecture.id", architecture), ("shape.layers", "2"), ("shape.width", "32"), ("shape.contextLength", "16"))));

    [Theory]
    [InlineData(0.7, "0p7")]
    [InlineData(1e-5, "1em05")]
    [InlineData(0.00012345678, "0p000123457")]
    [InlineData(64, "64")]
    [InlineData(1500000, "1p5e+06")]
    [InlineData(-0.5, "m0p5")]
    [InlineData(0, "0")]
    [InlineData(999999.7, "1e+06")]
    [InlineData(123456, "123456")]
    public void NumbersInNames_HaveSixSignificantDigits(double value, string expected) => Assert.Equal(expected, TransBenchName.Number(value));

    [Fact]
    public void Manifest_ListsEachReportOnce_NewestFirst_AndSaysWhatItLeavesOut()
    {
        foreach (var name in (string[])["first", "second"])
        {
            var result = SampleResults.Read(_store, SampleResults.Gated(_store, name));
            AtomicFile.Write(_folder.File(TransBenchName.Default(result.Run)), false, stream => TransBenchReport.Write(stream, result));
        }

        _folder.Write("broken.json", "{\"run\": {");
        _folder.Write("other.json", "[1, 2]");
        Assert.Equal(2, ReportManifest.Rebuild(_folder.Path).Listed);
        var (listed, skipped) = ReportManifest.Rebuild(_folder.Path);
        var manifest = JsonDocument.Parse(File.ReadAllText(_folder.File("manifest.json"))).RootElement;
        var entries = manifest.GetProperty("reports").EnumerateArray().ToArray();
        Assert.Equal((2, 1), (listed, manifest.GetProperty("schema_version").GetInt32()));
        Assert.Equal(["second", "first"], entries.Select(entry => entry.GetProperty("name").GetString()));
        Assert.Equal(["broken.json is left out: it is not JSON.", "other.json is left out: it is not a report."], skipped);
        Assert.Equal(
        [
            "file", "timestamp_utc", "name", "tags", "arch", "dataset", "device", "dtype", "hidden_size", "num_layers", "learning_rate", "params", "tokens_per_s", "tokens_per_s_per_mparam", "train_step_ms_mean",
            "forward_ms_mean", "loss_mean", "peak_mem_mb", "eval_loss",
        ], entries[0].EnumerateObject().Select(item => item.Name));
        Assert.Equal(4321, entries[0].GetProperty("params").GetInt32());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.partial"));
    }

    [Fact]
    public void File_IsNeverOverwrittenUnasked_NorLeftHalfWritten()
    {
        var path = _folder.Write("a/b.txt", "old");
        var refused = Assert.Throws<SpecException>(() => AtomicFile.Write(path, false, stream => stream.Write("new"u8)));
        Assert.Contains("is there already", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, true, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException("The source failed.");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        AtomicFile.Write(path, true, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.File("a")));
    }

    [Fact]
    public void MetricLines_HaveOneLineAStep_AndComeBackAsTheyWere()
    {
        var result = SampleResults.Read(_store, SampleResults.Gated(_store)) with { };
        var series = result.Series.ToDictionary();
        series["odd"] = new MetricSeries([2, 5], [double.NaN, 0.1]);
        using var stream = new MemoryStream();
        MetricLines.Write(stream, result with { Series = series });
        var lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([1, 2, 3, 4, 5, 6], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32()));
        Assert.Equal("{\"step\":1,\"train.loss\":5.503,\"learningRate\":0.001,\"elapsed\":0.05,\"tokensPerSecond\":1000}", lines[0]);

        var problems = new List<SpecProblem>();
        var read = MetricLines.Read(lines, "metrics.jsonl", problems);
        Assert.Empty(problems);
        Assert.Equal(series.Keys.Order(), read.Keys.Order());
        Assert.All(series, pair =>
        {
            Assert.Equal(pair.Value.Steps, read[pair.Key].Steps);
            Assert.Equal(pair.Value.Values, read[pair.Key].Values);
        });
    }

    [Fact]
    public void MetricLines_NameEveryMistake_WithItsLine()
    {
        var problems = new List<SpecProblem>();
        MetricLines.Read(["{\"step\": 2, \"a\": 1}", "{\"step\": 1, \"a\": 1}", "nonsense", "{\"a\": 1}", "{\"step\": 3, \"a\": \"x\"}", "[]", "{\"step\": -1}", "{\"step\": 1e300}"], "m.jsonl", problems);
        Assert.Equal(["m.jsonl, line 2", "m.jsonl, line 3", "m.jsonl, line 4", "m.jsonl, line 5, a", "m.jsonl, line 6", "m.jsonl, line 7", "m.jsonl, line 8"], problems.Select(problem => problem.Path));
    }
}
