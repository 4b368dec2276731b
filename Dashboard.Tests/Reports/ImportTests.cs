using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Launching;
using Crossbench.Models;
using Crossbench.Reports;
using Crossbench.Reports.Import;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Reports;

public sealed class ImportTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ReportOfTransBench_BecomesAReadOnlyRun_OfWhatItSays()
    {
        var run = Import(ForeignReports.Of("gqa", 5_648_128));
        var (spec, training) = (run.Spec, run.Spec.Training);
        Assert.Equal(("gqa", "sparse_signal", 1234567L, "cuda-gqa"), (spec.Architecture.Id, spec.Dataset.Id, spec.Seed, spec.Name));
        Assert.Equal((6, 256, 8, 4, 512, 256, 4096), (spec.Shape.Layers, spec.Shape.Width, spec.Shape.Heads, spec.Shape.KvHeads, spec.Shape.Ffn, spec.Shape.ContextLength, spec.Shape.Vocabulary));
        Assert.Equal((8, 3, 4, 3e-4, 1e-5, "cuda", PositionEncoding.None), (training.Steps, training.WarmupSteps, training.BatchSize, training.LearningRate, training.MinLearningRate, training.Device, spec.Shape.Positions));
        Assert.Equal(("TransBench report 0f3a9b2c1d", RunStatus.Completed, 8L, 5_648_128L), (run.Source, run.Status, run.Step, run.Parameters));
        Assert.Equal(new DateTimeOffset(2025, 3, 4, 5, 6, 7, 891, TimeSpan.Zero), run.CreatedAt);
        Assert.Equal((8.318, null, null, 8.31, 81920.0), (run.EvalLoss, run.EvalLow, run.EvalHigh, run.TrainLoss, run.TokensPerSecond));
        Assert.Equal((Math.Log(4096), false), (run.Chance!.Value, run.NotLearned));
        Assert.Equal(["cuda", "sparse_signal"], spec.Tags);
        Assert.Null(run.SeesTheFuture);
        Assert.Empty(_store.Store.FindCompleted([run.SpecHash]));
        Assert.Equal([8.5, 8.4, 8.35, 8.34, 8.33, 8.32, double.NaN, 8.31], _store.Store.ReadSeries(run.Id, TrainingMetrics.TrainLoss.Name, -1).Values);
        Assert.Equal(new EvaluationRecord(8, Evaluated.OwnSet, 8.318, double.NaN, double.NaN), Assert.Single(_store.Store.ReadEvaluations(run.Id, -1)));
        Assert.Contains("Some GPU", _store.Store.ReadLog(run.Id, -1)[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mamba2", 5_660_416, "mamba2-stub")]
    [InlineData("retnet", 5_657_344, "retnet-stub")]
    [InlineData("rwkv6", 5_259_520, "rwkv6-stub")]
    [InlineData("mhla", 6_087_040, "mhla")]
    [InlineData("sil", 5_752_774, "sil")]
    [InlineData("mig", 5_749_552, "mig")]
    [InlineData("asr", 5_648_128, "asr")]
    public void ParameterCount_TellsStubsFromTheRealThing(string architecture, long parameters, string expected)
    {
        var run = Import(ForeignReports.Of(architecture, parameters));
        Assert.Equal(expected, run.Spec.Architecture.Id);
        var log = string.Join('\n', _store.Store.ReadLog(run.Id, -1).Select(line => line.Text));
        Assert.Equal(expected != architecture, log.Contains($"are those of TransBench's stub, so it is {expected} here, not {architecture}.", StringComparison.Ordinal));
        Assert.DoesNotContain("not the same model", log, StringComparison.Ordinal);
        Assert.Equal(architecture == "mig" ? true : null, run.SeesTheFuture);
    }

    [Fact]
    public void ParameterCountThatFitsNothing_IsSaid()
    {
        var run = Import(ForeignReports.Of("mamba2", 5_770_000));
        Assert.Equal("mamba2", run.Spec.Architecture.Id);
        Assert.Contains(_store.Store.ReadLog(run.Id, -1), line => line.Text.StartsWith("The report counts 5,770,000 parameters; this specification has ", StringComparison.Ordinal));
    }

    [Fact]
    public void ImportedReport_ComesOutAsItWentIn()
    {
        var given = ForeignReports.Of("mig", 5_749_552);
        given["metrics"]!["mig_gate_series"] = new JsonArray(0.12, 0.12, 0.11, 0.11, 0.1, 0.1, 0.1, 0.1);
        given["metrics"]!["total_loss_series"] = new JsonArray(9.5, 9.4, 9.35, 9.34, 9.33, 9.32, null, 9.31);
        given["metrics"]!["mig_gate_selectivity"] = 1.02;
        var run = Import(given);
        using var stream = new MemoryStream();
        TransBenchReport.Write(stream, SampleResults.Read(_store, run.Id));
        var written = JsonNode.Parse(stream.ToArray())!;
        foreach (var (key, value) in given["metrics"]!.AsObject())
        {
            var (before, after) = (value, written["metrics"]![key]);
            Assert.True(Same(before, after), $"{key}: {before?.ToJsonString()} became {after?.ToJsonString()}");
        }

        foreach (var (key, value) in given["config"]!.AsObject().Where(pair => pair.Key is not ("cache_dir" or "offline") && !pair.Key.StartsWith("sil", StringComparison.Ordinal) && !pair.Key.StartsWith("asr", StringComparison.Ordinal) && pair.Key is not ("poison_ratio" or "tokenizer_model")))
        {
            Assert.True(Same(value, written["config"]![key]), $"{key}: {value?.ToJsonString()} became {written["config"]![key]?.ToJsonString()}");
        }

        Assert.Equal("2025-03-04T05:06:07.891000+00:00", (string)written["run"]!["timestamp_utc"]!);
    }

    [Fact]
    public void SameReport_IsImportedOnce()
    {
        var item = Assert.Single(Read(ForeignReports.Of("gqa", 5_648_128)).Items).Run;
        Assert.Null(_store.Store.TryImport(item));
        Assert.Equal(item.Run.Id, _store.Store.TryImport(item));
        Assert.Equal(1, _store.Store.Query(new RunQuery()).Total);
    }

    [Fact]
    public void ReportOfARunInTheTrash_ChangesNothing_AndTheRunCanBeTakenBackWhole()
    {
        var id = SampleResults.Gated(_store);
        var path = _folder.File("own.json");
        AtomicFile.Write(path, false, stream => TransBenchReport.Write(stream, SampleResults.Read(_store, id)));
        var item = Assert.Single(ImportFiles.Read([path], null, default).Items).Run;
        var (log, losses) = (_store.Store.ReadLog(id, -1), _store.Store.ReadSeries(id, "train.loss", -1));
        _store.Store.Trash([id], deleted: true);

        Assert.Equal(id, _store.Store.TryImport(item));

        Assert.Null(_store.Store.Find(id));
        Assert.Equal([id], _store.Store.Trash([id], deleted: false));
        Assert.Equal("", _store.Store.Find(id)!.Source);
        Assert.Equal(log, _store.Store.ReadLog(id, -1));
        Assert.Equal(losses.Values, _store.Store.ReadSeries(id, "train.loss", -1).Values);
    }

    [Fact]
    public void OwnReport_ComesBackWhole_InAnotherStore()
    {
        var id = SampleResults.Gated(_store, notes: "A note.\nWith a second line.");
        var path = _folder.File("own.json");
        AtomicFile.Write(path, false, stream => TransBenchReport.Write(stream, SampleResults.Read(_store, id)));
        Assert.Equal(id, _store.Store.TryImport(Assert.Single(ImportFiles.Read([path], null, default).Items).Run));

        using var other = new TestStore();
        Assert.Null(other.Store.TryImport(Assert.Single(ImportFiles.Read([path], null, default).Items).Run));
        var (before, after) = (_store.Store.Find(id)!, other.Store.Find(id)!);
        Assert.Equal($"a Crossbench report of run {id}", after.Source);
        Assert.Equal(RunSpecJson.Write(before.Spec), RunSpecJson.Write(after.Spec));
        Assert.Equal((before.EvalLoss, before.EvalLow, before.Chance, before.Floor, before.Step, before.Parameters, before.Status, before.CreatedAt, before.EndedAt), (after.EvalLoss, after.EvalLow, after.Chance, after.Floor, after.Step, after.Parameters, after.Status, after.CreatedAt, after.EndedAt));
        Assert.Equal(_store.Store.Metrics(id), other.Store.Metrics(id));
        Assert.All(_store.Store.Metrics(id), metric => Assert.Equal(_store.Store.ReadSeries(id, metric, -1).Values, other.Store.ReadSeries(id, metric, -1).Values));
        Assert.Equal(_store.Store.ReadSequences(id, Evaluated.OwnSet, 6), other.Store.ReadSequences(id, Evaluated.OwnSet, 6));
        Assert.Equal(_store.Store.ReadLog(id, -1).Select(line => (line.Text, line.Step, line.IsWarning)), other.Store.ReadLog(id, -1).Select(line => (line.Text, line.Step, line.IsWarning)));
        Assert.Equal(_store.Store.Environments(id), other.Store.Environments(id));
        Assert.Empty(other.Store.Checkpoints(id));
    }

    [Fact]
    public async Task ImportedRun_IsNeverQueuedAgain()
    {
        var run = Import(ForeignReports.Of("gqa", 5_648_128));
        var launcher = new RunLauncher(_store.Store, _store.Folder);
        Assert.Contains("was imported from TransBench report 0f3a9b2c1d", (await Assert.ThrowsAsync<SpecException>(() => launcher.ResumeAsync(run.Id))).Message, StringComparison.Ordinal);
        Assert.Contains("it is read-only", (await Assert.ThrowsAsync<SpecException>(() => launcher.RestartAsync(run.Id))).Message, StringComparison.Ordinal);
        Assert.False(_store.Store.TryTransition(run.Id, RunStatus.Completed, RunStatus.Queued, ""));
        Assert.Equal(8, _store.Store.ReadSeries(run.Id, TrainingMetrics.TrainLoss.Name, -1).Count);
        Assert.True(await launcher.DeleteAsync(run.Id));
    }

    [Fact]
    public void EveryMistake_IsNamedWithFileAndKey_AndNothingIsRead()
    {
        var broken = ForeignReports.Of("gqq", 5_648_128);
        broken["run"]!.AsObject().Remove("id");
        broken["run"]!["timestamp_utc"] = "yesterday";
        broken["config"]!["num_layers"] = null;
        broken["model"]!["total_parameters"] = -3;
        broken["metrics"]!["loss_series"] = new JsonArray(1, 2);
        broken["metrics"]!["eval_loss"] = "low";
        var unknown = ForeignReports.Of("gqq", 5_648_128);
        unknown["config"]!["hidden_sise"] = 3;
        unknown["config"]!["num_heads"] = 7;
        var files = new[]
        {
            _folder.Write("a/broken.json", broken.ToJsonString()), _folder.Write("a/unknown.json", unknown.ToJsonString()), _folder.Write("a/half.json", "{\"run\": "),
            _folder.Write("a/nan.json", ForeignReports.Of("gqa", 5_648_128).ToJsonString().Replace("8.318", "NaN", StringComparison.Ordinal)), _folder.Write("a/old.json", "{\"schema_version\": 1}"), _folder.Write("a/list.json", "[]"),
        };
        _folder.Write("a/good.json", ForeignReports.Of("gqa", 5_648_128).ToJsonString());
        var reading = ImportFiles.Read([_folder.File("a"), _folder.File("missing.json")], null, default);
        Assert.Single(reading.Items);
        var problems = reading.Problems.Select(problem => problem.Path.Replace(_folder.Path + "/", "", StringComparison.Ordinal)).ToArray();
        foreach (var place in new[]
        {
            "a/broken.json, run.id", "a/broken.json, run.timestamp_utc", "a/broken.json, config.num_layers", "a/broken.json, model.total_parameters", "a/broken.json, metrics.loss_series", "a/broken.json, metrics.eval_loss",
            "a/unknown.json, config.hidden_sise", "a/unknown.json, config.arch", "a/half.json", "a/nan.json", "a/old.json, schema_version", "a/list.json", "missing.json",
        })
        {
            Assert.Contains(place, problems);
        }

        Assert.DoesNotContain(problems, place => place.StartsWith("a/good.json", StringComparison.Ordinal));
        Assert.Contains(reading.Problems, problem => problem.Reason == "It has 2 values, and the run has 8 steps with its warm-up.");
        Assert.Equal(6, files.Length);
    }

    [Fact]
    public void AMistake_HidesNoOther_WhateverKindItIs()
    {
        var id = SampleResults.Plain(_store);
        var (lines, report) = (_folder.File("metrics.jsonl"), _folder.File("own.json"));
        AtomicFile.Write(report, false, stream => TransBenchReport.Write(stream, SampleResults.Read(_store, id)));
        var own = JsonNode.Parse(File.ReadAllText(report))!.AsObject();
        own["crossbench"]!.AsObject().Remove("spec");
        own["crossbench"]!["started_at"] = "yesterday";
        own["crossbench"]!["chance"] = "high";
        var foreign = ForeignReports.Of("gqq", 5_648_128);
        foreign["run"]!["timestamp_utc"] = "yesterday";
        foreign["metrics"]!["eval_loss"] = "low";
        File.WriteAllText(lines, "{\"step\": \"one\"}\nnot json\n");
        var files = new[] { _folder.Write("own.json", own.ToJsonString()), _folder.Write("foreign.json", foreign.ToJsonString()), lines };

        var problems = ImportFiles.Read(files, _folder.Write("spec.json", "{\"shape\": {\"heads\": 7.5}}"), default).Problems.Select(problem => problem.Path.Replace(_folder.Path + "/", "", StringComparison.Ordinal)).ToArray();

        foreach (var place in (string[])["own.json, crossbench.spec", "own.json, crossbench.started_at", "own.json, crossbench.chance", "foreign.json, run.timestamp_utc", "foreign.json, metrics.eval_loss", "foreign.json, config.arch", "spec.json, shape.heads"])
        {
            Assert.Contains(place, problems);
        }

        Assert.Contains(problems, place => place.StartsWith("metrics.jsonl", StringComparison.Ordinal));
        Assert.Equal(problems.Distinct(), problems);
    }

    [Theory]
    [InlineData("crossbench.spec", "{\"shape\": {\"heads\": 7.5}}", "crossbench.spec")]
    [InlineData("crossbench.run_id", "\"x\"", "crossbench.run_id")]
    [InlineData("crossbench.status", "\"fine\"", "crossbench.status")]
    [InlineData("crossbench.step", "-1", "crossbench.step")]
    [InlineData("crossbench.series", "{\"train.loss\": {\"steps\": [1, 1], \"values\": [1, 2]}}", "crossbench.series.train.loss, steps")]
    [InlineData("crossbench.evaluations", "[{\"step\": 1, \"set\": 5}]", "crossbench.evaluations[0], set")]
    public void OwnReportThatWasTamperedWith_IsRefused(string path, string value, string place)
    {
        using var stream = new MemoryStream();
        TransBenchReport.Write(stream, SampleResults.Read(_store, SampleResults.Gated(_store)));
        var report = JsonNode.Parse(stream.ToArray())!;
        var keys = path.Split('.');
        report[keys[0]]![keys[1]] = JsonNode.Parse(value);
        var reading = ImportFiles.Read([_folder.Write("own.json", report.ToJsonString())], null, default);
        Assert.Empty(reading.Items);
        Assert.Contains(reading.Problems, problem => problem.Path.StartsWith($"{_folder.File("own.json")}, {place}", StringComparison.Ordinal));
    }

    [Fact]
    public void LinesOfSteps_NeedASpecification_AndAreImportedOnce()
    {
        var id = SampleResults.Plain(_store);
        var (lines, report) = (_folder.File("metrics.jsonl"), _folder.File("report.json"));
        AtomicFile.Write(lines, false, stream => MetricLines.Write(stream, SampleResults.Read(_store, id)));
        AtomicFile.Write(report, false, stream => TransBenchReport.Write(stream, SampleResults.Read(_store, id)));
        Assert.Contains("hold no specification", Assert.Single(ImportFiles.Read([lines], null, default).Problems).Reason, StringComparison.Ordinal);
        foreach (var spec in new[] { report, _folder.Write("spec.json", RunSpecJson.Write(_store.Store.Find(id)!.Spec)) })
        {
            var run = Assert.Single(ImportFiles.Read([lines], spec, _store.Clock.GetUtcNow()).Items).Run;
            Assert.Equal((RunStatus.Completed, 6L, 4.003, "plain"), (run.Run.Status, run.Run.Step, run.Run.TrainLoss, run.Run.Spec.Name));
            _store.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(spec == report, _store.Store.TryImport(run) is null);
        }
    }

    [Fact]
    public void Manifest_LeadsToItsFiles_AndNowhereElse()
    {
        _folder.Write("r/one.json", ForeignReports.Of("gqa", 5_648_128).ToJsonString());
        _folder.Write("r/two.json", ForeignReports.Of("asr", 5_648_128, id: "aaaaaaaaaa").ToJsonString());
        _folder.Write("secret.json", "{}");
        ReportManifest.Rebuild(_folder.File("r"));
        Assert.Equal(2, ImportFiles.Read([_folder.File("r/manifest.json")], null, default).Items.Count);
        _folder.Write("r/manifest.json", "{\"reports\": [{\"file\": \"../secret.json\"}, {\"file\": \"gone.json\"}]}");
        Assert.Equal(["reports[0].file", "reports[1].file"], ImportFiles.Read([_folder.File("r/manifest.json")], null, default).Problems.Select(problem => problem.Path.Split(", ")[1]));
    }

    private static bool Same(JsonNode? before, JsonNode? after) => (before, after) switch
    {
        (null, null) => true,
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number => Math.Abs(Number(a) - Number(b)) < 1e-9,
        (not null, not null) => before.ToJsonString() == after.ToJsonString(),
        _ => false,
    };

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private ImportReading Read(JsonObject report) => ImportFiles.Read([_folder.Write($"{Guid.NewGuid()}.json", report.ToJsonString())], null, default);

    private RunRecord Import(JsonObject report)
    {
        var reading = Read((JsonObject)JsonNode.Parse(report.ToJsonString())!);
        Assert.Empty(reading.Problems);
        var item = Assert.Single(reading.Items).Run;
        Assert.Null(_store.Store.TryImport(item));
        return _store.Store.Find(item.Run.Id)!;
    }
}
