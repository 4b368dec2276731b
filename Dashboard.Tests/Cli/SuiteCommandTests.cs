using System.Diagnostics;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Suites;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Cli;

[Trait("Category", "Process")]
public sealed class SuiteCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private DataFolder Data => new(_folder.File("data"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Preview_PrintsRunsWithHashesAndNotes_AndStartsNothing()
    {
        var file = _folder.Write("a.toml", "seeds = [0, 1]\n" + SuiteTexts.Tiny);
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "suite", file, "--preview", "--json", "--set", "training.steps=7");
        Assert.True(code == 0, errors);
        var plan = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["gqa-sparse-signal-s0", "gqa-sparse-signal-s1"], plan.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.All(plan.GetProperty("runs").EnumerateArray(), run =>
        {
            Assert.Equal((7, 64, 0, "an assumed speed"), (run.GetProperty("spec").GetProperty("training").GetProperty("steps").GetInt32(), run.GetProperty("hash").GetString()!.Length, run.GetProperty("problems").GetArrayLength(), run.GetProperty("secondsFrom").GetString()));
            Assert.True(run.GetProperty("seconds").GetDouble() >= 0);
        });
        Assert.Equal(JsonValueKind.Array, plan.GetProperty("notes").ValueKind);
        Assert.False(File.Exists(Data.StoreFile));

        (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "suite", file, "--preview");
        Assert.True(code == 0, errors);
        Assert.Contains("(roughly: at an assumed 30 GFLOP/s a thread, until a run has ended on this machine).", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Data.StoreFile));
    }

    [Fact]
    public async Task AFileThatIsNotThere_OrNoFile_IsSaidInOurWords()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "suite", "none.toml", "--preview");
        Assert.Equal((2, "", "The suite none.toml cannot be read: there is no such file. Give the path of a file; suites that come along are in data/suites."), (code, output, errors.Trim()));
        (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "suite", ".", "--preview");
        Assert.Equal((2, "", "The suite . cannot be read: it is a folder. Give the path of a file; suites that come along are in data/suites."), (code, output, errors.Trim()));
    }

    [Fact]
    public async Task AMistakeOfTheForm_ShowsNoRowsThatNobodyMeant()
    {
        _folder.Write("a.toml", "[[run]]\narchitecture = \"mig\nseed = 1\n");
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "suite", "a.toml", "--preview");
        Assert.Equal((2, ""), (code, output.Trim()));
        Assert.StartsWith("a.toml:2:16: ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[run]]\ntraining.stpes = 1", "a.toml:2:10: training.stpes: There is no such option. Did you mean training.steps?")]
    [InlineData("[[bench]]\ndevice = \"cuda\"", "Add --set training.device=cpu")]
    [InlineData("a = ", "a.toml:1:5: A value is missing")]
    public async Task Mistakes_EndWithExitCode2_AndNothingIsQueued(string text, string expected)
    {
        _folder.Write("a.toml", text);
        foreach (var preview in new[] { true, false })
        {
            var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, preview ? ["suite", "a.toml", "--preview", "--json"] : ["suite", "a.toml"]);
            Assert.Equal(2, code);
            Assert.Contains(expected, errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
            Assert.Equal(preview, output.Length > 0 && JsonDocument.Parse(output).RootElement.GetProperty("runs").ValueKind == JsonValueKind.Array);
        }

        Assert.False(File.Exists(Data.StoreFile));
        Assert.Equal(2, (await CrossbenchProcess.RunAsync(_folder, "suite", "missing.toml")).Code);
    }

    [Fact]
    public async Task RunWhoseWorkerIsKilled_StopsNoOther_AndTheSameCommandResumesItAlone()
    {
        var file = _folder.Write("a.toml", "seeds = [0, 1, 2]\n" + SuiteTexts.Tiny.Replace("steps = 2", "steps = 600\nlogEvery = 20", StringComparison.Ordinal) + "[[expect]]\nbelow = 100\n");
        using (var process = CrossbenchProcess.Start(_folder, "suite", file, "--json"))
        {
            using var watched = await StoreWithProgress();
            var first = watched.Query(new RunQuery { Statuses = [RunStatus.Running] }).Runs[0];
            Process.Start("kill", $"-KILL {first.ProcessId}").WaitForExit();
            var (code, output, errors) = await process.EndAsync();
            Assert.True(code == 1, output + errors);
            Assert.Equal([RunStatus.Interrupted, RunStatus.Completed, RunStatus.Completed], watched.RunsOf(watched.Suites()[0].Id).Select(run => run.Status));
            var end = Lines(output)[^1];
            Assert.Equal(("ended", JsonValueKind.Null), (Event(end), end.GetProperty("expectations")[0].GetProperty("met").ValueKind));
        }

        var second = await CrossbenchProcess.RunAsync(_folder, "suite", file);
        Assert.True(second.Code == 0, second.Output + second.Errors);
        Assert.Contains("1 resumed, 2 kept", second.Output, StringComparison.Ordinal);
        Assert.Contains("met: eval.loss of * below 100", second.Output, StringComparison.Ordinal);
        using var store = SqliteRunStore.Open(Data, TimeProvider.System);
        Assert.Equal(3, store.Query(new RunQuery { Statuses = [RunStatus.Completed] }).Total);
        var preview = await CrossbenchProcess.RunAsync(_folder, "suite", file, "--preview", "--json");
        Assert.All(JsonDocument.Parse(preview.Output).RootElement.GetProperty("runs").EnumerateArray(), run => Assert.True(run.GetProperty("seconds").GetDouble() > 0));
    }

    [Fact]
    public async Task NoWait_QueuesAndEnds()
    {
        var file = _folder.Write("a.toml", "seeds = [0, 1]\n" + SuiteTexts.Tiny);
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "suite", file, "--no-wait");
        Assert.True(code == 0, errors);
        Assert.Contains("2 queued", output, StringComparison.Ordinal);
        using var store = SqliteRunStore.Open(Data, TimeProvider.System);
        Assert.All(store.Query(new RunQuery()).Runs, run => Assert.Equal(RunStatus.Queued, run.Status));
    }

    [Fact]
    public async Task Interrupt_PausesWhatRuns_LeavesTheRestQueued_AndTheSameCommandGoesOn()
    {
        var file = _folder.Write("a.toml", "seeds = [0, 1]\n" + SuiteTexts.Tiny.Replace("steps = 2", "steps = 600\nlogEvery = 20", StringComparison.Ordinal));
        using (var process = CrossbenchProcess.Start(_folder, "suite", file, "--json"))
        {
            using var watched = await StoreWithProgress();
            Process.Start("kill", $"-INT {process.Id}").WaitForExit();
            var (code, output, errors) = await process.EndAsync();
            Assert.True(code == 4, output + errors);
            Assert.Equal("interrupted", Event(Lines(output)[^1]));
            Assert.Equal([RunStatus.Paused, RunStatus.Queued], watched.RunsOf(watched.Suites()[0].Id).Select(run => run.Status));
        }

        var (second, text, faults) = await CrossbenchProcess.RunAsync(_folder, "suite", file);
        Assert.True(second == 0, text + faults);
        Assert.Contains("1 resumed, 1 kept", text, StringComparison.Ordinal);
        using var store = SqliteRunStore.Open(Data, TimeProvider.System);
        Assert.All(store.Query(new RunQuery()).Runs, run => Assert.Equal((RunStatus.Completed, 600L), (run.Status, run.Step)));
    }

    [Fact]
    public async Task WhereAnotherProcessServes_TheQueueIsLeftToIt()
    {
        Directory.CreateDirectory(Data.Root);
        var file = _folder.Write("a.toml", "seeds = [0]\n" + SuiteTexts.Tiny);
        using var served = FolderLock.Take(Data);
        using var process = CrossbenchProcess.Start(_folder, "suite", file, "--json");
        using (var store = await Store(store => store.Query(new RunQuery()).Total == 1))
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            for (var looks = 0; looks < 60 && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken); looks++)
            {
                Assert.Equal(RunStatus.Queued, store.Query(new RunQuery()).Runs[0].Status);
            }

            served.Dispose(); // now nobody serves, so the command does
        }

        var (code, output, errors) = await process.EndAsync();
        Assert.True(code == 0, output + errors);
    }

    private static JsonElement[] Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string? Event(JsonElement line) => line.GetProperty("event").GetString();

    private Task<SqliteRunStore> StoreWithProgress() => Store(store => store.Query(new RunQuery { Statuses = [RunStatus.Running] }).Runs is [{ Step: > 0 }]);

    private async Task<SqliteRunStore> Store(Func<SqliteRunStore, bool> isReady)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var tries = 0; tries < 1200 && await timer.WaitForNextTickAsync(); tries++)
        {
            if (!File.Exists(Data.StoreFile))
            {
                continue;
            }

            var store = SqliteRunStore.Open(Data, TimeProvider.System);
            if (isReady(store))
            {
                return store;
            }

            store.Dispose();
        }

        throw new TimeoutException("Nothing happened within a minute.");
    }
}
