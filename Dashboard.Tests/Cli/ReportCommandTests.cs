using System.Text.Json;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Reports;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Cli;

[Trait("Category", "Process")]
public sealed class ReportCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OneRun_IsPrintedAsJson_AndNothingElse()
    {
        var ids = Fill("alpha", "beta");
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "report", "beta");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(ids[1].Value, JsonDocument.Parse(output).RootElement.GetProperty("crossbench").GetProperty("run_id").GetString());

        var all = await CrossbenchProcess.RunAsync(_folder, "report", "--all");
        Assert.Equal(["alpha", "beta"], JsonDocument.Parse(all.Output).RootElement.EnumerateArray().Select(report => report.GetProperty("run").GetProperty("name").GetString()));
        var csv = await CrossbenchProcess.RunAsync(_folder, "report", "--filter", "alp", "--format", "csv", "--table", "series");
        Assert.Equal(3, csv.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Folder_GetsAReportARun_AndAManifest_AndIsNotOverwrittenUnasked()
    {
        Fill("alpha", "beta");
        var reports = _folder.File("reports");
        var first = await CrossbenchProcess.RunAsync(_folder, "report", "--all", "--output", reports, "--json");
        Assert.True(first.Code == 0, first.Errors);
        var files = JsonDocument.Parse(first.Output).RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToArray();
        Assert.Equal(3, files.Length);
        Assert.Equal(files.Order(), Directory.GetFiles(reports).Order());
        var before = File.ReadAllText(files[0]);

        var second = await CrossbenchProcess.RunAsync(_folder, "report", "--all", "--output", reports);
        Assert.Equal((2, ""), (second.Code, second.Output));
        Assert.Equal(2, second.Errors.Split("is there already").Length - 1);
        Assert.Equal(before, File.ReadAllText(files[0]));

        File.Delete(files[1]);
        Assert.Equal(0, (await CrossbenchProcess.RunAsync(_folder, "report", "--manifest", "--output", reports)).Code);
        Assert.Equal(1, JsonDocument.Parse(File.ReadAllText(Path.Combine(reports, "manifest.json"))).RootElement.GetProperty("reports").GetArrayLength());
    }

    [Fact]
    public async Task StableNames_ThatRunsShare_AreRefused()
    {
        Fill("alpha", "beta");
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "report", "--all", "--stable", "--output", _folder.File("reports"));
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("share the file name gqa_sparse_signal_L8_", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("reports")));
    }

    [Fact]
    public async Task EndOfTheFileName_DecidesTheForm()
    {
        Fill("alpha");
        foreach (var (name, beginning) in new[] { ("a.html", "<!DOCTYPE html>"), ("a.md", "# alpha"), ("a.tex", "% alpha"), ("a.csv", "run,name"), ("a.jsonl", "{\"step\":1"), ("a.json", "{\n  \"schema_version\": 2") })
        {
            var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "report", "alpha", "--output", _folder.File(name));
            Assert.True(code == 0, errors);
            Assert.Equal(_folder.File(name), output.Trim());
            Assert.StartsWith(beginning, File.ReadAllText(_folder.File(name)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EveryMistake_IsToldAtOnce()
    {
        var ids = Fill("alpha", "same", "same");
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "report", "alpha", "nobody", "same");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("There is no run \"nobody\"", errors, StringComparison.Ordinal);
        Assert.Contains("\"same\" may be 2 runs: ", errors, StringComparison.Ordinal);
        Assert.Contains($"{ids[1]} (same, Stopped)", errors, StringComparison.Ordinal);
        Assert.Equal(2, (await CrossbenchProcess.RunAsync(_folder, "report")).Code);
        Assert.Equal(2, (await CrossbenchProcess.RunAsync(_folder, "report", "alpha", "--format", "pdf")).Code);
    }

    [Fact]
    public async Task ReportsOfAnotherProgram_AreImported_ToldTwice_AndRefusedWhole()
    {
        _folder.Write("reports/one.json", ForeignReports.Of("mamba2", 5_660_416).ToJsonString());
        var first = await CrossbenchProcess.RunAsync(_folder, "import", _folder.File("reports"), "--json");
        Assert.True(first.Code == 0, first.Errors);
        var told = Assert.Single(JsonDocument.Parse(first.Output).RootElement.EnumerateArray());
        Assert.True(told.GetProperty("isNew").GetBoolean());
        Assert.Contains(told.GetProperty("notes").EnumerateArray(), note => note.GetString()!.Contains("so it is mamba2-stub here, not mamba2", StringComparison.Ordinal));
        var second = await CrossbenchProcess.RunAsync(_folder, "import", _folder.File("reports"));
        Assert.Equal((0, 1), (second.Code, second.Output.Split("is in the store already").Length - 1));
        var resumed = await CrossbenchProcess.RunAsync(_folder, "resume", told.GetProperty("id").GetString()!, "--from-start");
        Assert.Contains("It was imported from TransBench report", resumed.Output + resumed.Errors, StringComparison.Ordinal);

        _folder.Write("reports/two.json", "{}");
        _folder.Write("reports/zero.json", ForeignReports.Of("gqa", 5_648_128, id: "bbbbbbbbbb").ToJsonString());
        var bad = await CrossbenchProcess.RunAsync(_folder, "import", _folder.File("reports"));
        Assert.Equal((2, ""), (bad.Code, bad.Output));
        Assert.Contains("two.json, schema_version: It is missing.", bad.Errors, StringComparison.Ordinal);
        using var store = SqliteRunStore.Open(new(_folder.File("data")), TimeProvider.System);
        Assert.Equal(1, store.Query(new RunQuery()).Total);
    }

    private RunId[] Fill(params string[] names)
    {
        using var store = SqliteRunStore.Open(new(_folder.File("data")), TimeProvider.System);
        return [.. names.Select(name =>
        {
            var id = store.Create(SampleRuns.Spec(name, "sparse_signal", 0, 10)).Id;
            store.TryTransition(id, RunStatus.Queued, RunStatus.Stopped, "For a test.");
            store.Append(id, [new Measured(1, 1, [new(TrainingMetrics.TrainLoss.Name, 1, 5)]), new Measured(2, 2, [new(TrainingMetrics.TrainLoss.Name, 2, 4)])]);
            return id;
        })];
    }
}
