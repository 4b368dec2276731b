using System.Diagnostics;
using System.Text.Json;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Cli;

[Trait("Category", "Process")]
public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--set", "shape.layers=2", "--set", "shape.width=16", "--set", "shape.ffn=24", "--set", "shape.contextLength=16", "--set", "training.threads=1",
        "--set", "training.evaluationSequences=4", "--set", "training.batchSize=2",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_PrintsOneObjectPerLine_AndTheRunIsInTheStore()
    {
        var text = _folder.Write("text.txt", string.Concat(Enumerable.Repeat("The cat sat on the mat. ", 400)));
        var (code, output, errors) = await CrossbenchProcess.RunAsync(
            _folder, ["train", "--architecture", "gqa", "--dataset", "text", "--set", $"dataset.path={text}", "--set", "training.steps=7", "--seed", "3", "--name", "cats", "--json", .. Small]);
        Assert.True(code == 0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var measured = lines.Where(line => Event(line) == "measured").ToArray();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], measured.Select(line => line.GetProperty("step").GetInt32()));
        Assert.All(measured, line => Assert.True(line.GetProperty("loss").GetDouble() > 0 && line.GetProperty("lr").GetDouble() > 0 && line.GetProperty("tokensPerSecond").GetDouble() > 0));
        var last = lines[^1];
        Assert.Equal(("completed", 7), (Event(last), last.GetProperty("step").GetInt32()));

        using var store = SqliteRunStore.Open(new(_folder.File("data")), TimeProvider.System);
        var run = store.Find(RunId.Parse(last.GetProperty("run").GetString()!, null))!;
        Assert.Equal(("cats", 3L, RunStatus.Completed, 7L), (run.Spec.Name, run.Spec.Seed, run.Status, run.Step));
        Assert.Equal(run.EvalLoss, last.GetProperty("evalLoss").GetDouble());
        Assert.Equal(run.Parameters, last.GetProperty("parameters").GetInt64());
        var series = store.ReadSeries(run.Id, TrainingMetrics.TrainLoss.Name, -1);
        Assert.Equal(measured.Select(line => line.GetProperty("loss").GetDouble()), series.Values);
        Assert.Equal(4, store.ReadSequences(run.Id, "held-out", 7).Count);
        Assert.Single(store.Checkpoints(run.Id));
    }

    [Fact]
    public async Task From_GoesOnFromAnotherRunsCheckpoint_AndOneThatIsNotThereIsRefused()
    {
        string[] command = ["train", "--dataset", "sparse_signal", "--set", "shape.vocabulary=64", "--json", .. Small];
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, [.. command, "--set", "training.steps=4"]);
        Assert.True(code == 0, errors);
        var parent = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("run").GetString()!;

        (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, [.. command, "--set", "training.steps=6", "--set", $"from={parent}"]);
        Assert.True(code == 0, errors);
        Assert.Equal(4, JsonDocument.Parse(output.Split('\n').First(line => line.Contains("\"started\"", StringComparison.Ordinal))).RootElement.GetProperty("step").GetInt32());

        (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, [.. command, "--set", "training.steps=6", "--set", $"from={parent}@3"]);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"from: Run {parent} has no checkpoint of step 3. It has those of steps 4.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllArchitectures_AreTrained_ButThoseThatCannotRun_OrHaveCompletedBefore()
    {
        // A ratio of kept tokens is an option of one architecture alone; a stack's blocks are no option of any other.
        string[] command = ["train", "--architecture", "all", "--dataset", "sparse_signal", "--set", "shape.vocabulary=64", "--set", "training.steps=1", "--json", .. Small];
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, [.. command, "--set", "architecture.dropout=0.1"]);
        Assert.True(code == 0, errors);
        var first = Lines(output);
        var trained = first.Where(line => Event(line) == "completed").Select(line => line.GetProperty("architecture").GetString()!).ToArray();
        var refused = first.Where(line => Event(line) == "refused").Select(line => line.GetProperty("architecture").GetString()!).ToArray();
        Assert.Equal(ModelZoo.All.Select(item => item.Id).Order(), trained.Concat(refused).Order());
        Assert.Contains(ModelZoo.All[0].Id, trained);
        Assert.NotEmpty(refused);
        Assert.All(refused, id => Assert.Contains($"{id}: architecture.dropout: There is no such option.", errors, StringComparison.Ordinal));

        (code, output, _) = await CrossbenchProcess.RunAsync(_folder, [.. command, "--set", "architecture.dropout=0.1"]);
        Assert.Equal(0, code);
        Assert.Equal(trained, Lines(output).Where(line => Event(line) == "skipped").Select(line => line.GetProperty("architecture").GetString()!));
        Assert.DoesNotContain("\"started\"", output, StringComparison.Ordinal);
        Assert.Equal(trained.Length, RunsInStore());
    }

    [Fact]
    public async Task Replace_DeletesTheFormerRun_OnceTheNewOneHasCompleted()
    {
        string[] command = ["train", "--dataset", "sparse_signal", "--set", "shape.vocabulary=64", "--set", "training.steps=2", "--json", .. Small];
        var former = Lines((await CrossbenchProcess.RunAsync(_folder, command)).Output)[^1].GetProperty("run").GetString();
        await CrossbenchProcess.RunAsync(_folder, [.. command, "--seed", "4"]);
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, [.. command, "--replace"]);
        Assert.True(code == 0, errors);
        var replaced = Assert.Single(Lines(output), line => Event(line) == "replaced");
        Assert.Equal(former, replaced.GetProperty("run").GetString());
        Assert.Equal(2, RunsInStore());
        Assert.False(Directory.Exists(_folder.File($"data/checkpoints/{former}")));
    }

    [Fact]
    public async Task AllArchitectures_WithoutOneThatCanRun_AreRefused_EachProblemOnce()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, ["train", "--architecture", "all", "--dataset", "text", "--set", "dataset.path=missing.txt", .. Small]);
        Assert.Equal((2, ""), (code, output));
        Assert.Single(errors.Split('\n'), line => line.Contains("missing.txt", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EveryMistake_IsToldAtOnce_WithExitCode2AndNoRun()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(
            _folder, "train", "--architecture", "gqq", "--dataset", "text", "--set", "dataset.path=missing.txt", "--set", "shape.heads=3", "--set", "training.stpes=4", "--set", "nonsense", "--seed", "x");
        Assert.Equal(2, code);
        Assert.Equal("", output);
        foreach (var part in new[] { "\"gqq\" is not known", "missing.txt", "not a multiple of 3", "Did you mean training.steps?", "\"nonsense\" has no value", "\"x\" is not a seed" })
        {
            Assert.Contains(part, errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("data/runs.db")));
    }

    [Fact]
    public async Task DeviceThatIsNotThere_IsRefusedBeforeARunExists()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, ["train", "--set", "training.device=cuda:77", .. Small]);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("training.device: cuda:77 is not there", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("data/runs.db")));
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("frobnicate")]
    public async Task UnknownCommandsAndOptions_EndWithExitCode2(string argument)
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, argument);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(argument, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_StopsTheRunWithACheckpoint_AndExitCode4()
    {
        using var process = CrossbenchProcess.Start(_folder, ["train", "--dataset", "sparse_signal", "--set", "shape.vocabulary=64", "--set", "training.steps=1000000", "--set", "training.logEvery=1000", "--json", .. Small]);
        using var store = await StoreWithARunningRun();
        var run = Assert.Single(store.Query(new RunQuery()).Runs);
        Process.Start("kill", $"-INT {process.Id}").WaitForExit();
        var (code, output, _) = await process.EndAsync();
        Assert.Equal(4, code);
        Assert.Equal("stopped", Event(JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement));
        Assert.Equal(RunStatus.Stopped, store.Find(run.Id)!.Status);
        Assert.Single(store.Checkpoints(run.Id));
    }

    private static JsonElement[] Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private int RunsInStore()
    {
        using var store = SqliteRunStore.Open(new(_folder.File("data")), TimeProvider.System);
        return store.Query(new RunQuery()).Total;
    }

    private static string? Event(JsonElement line) => line.GetProperty("event").GetString();

    private async Task<SqliteRunStore> StoreWithARunningRun()
    {
        var folder = new Crossbench.Datasets.DataFolder(_folder.File("data"));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var tries = 0; tries < 1200 && await timer.WaitForNextTickAsync(); tries++)
        {
            if (!File.Exists(folder.StoreFile))
            {
                continue;
            }

            var store = SqliteRunStore.Open(folder, TimeProvider.System);
            if (store.Query(new RunQuery()).Runs is [{ Status: RunStatus.Running, Step: > 0 }])
            {
                return store;
            }

            store.Dispose();
        }

        throw new TimeoutException("No run began within a minute.");
    }
}
