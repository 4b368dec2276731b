using System.Text.Json;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Cli;

/// <summary>The real program over a store with a few runs.</summary>
[Trait("Category", "Process")]
public sealed class RunsCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteRunStore _store;

    public RunsCommandTests() => _store = SqliteRunStore.Open(new(_folder.File("data")), TimeProvider.System);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task TheList_IsFiltered_AndLeavesArchivedRunsOut()
    {
        var (oak, elm) = (Add("oak", RunStatus.Completed, "sweep"), Add("elm", RunStatus.Failed, "night"));
        _store.Archive(Add("old", RunStatus.Completed), archived: true);

        Assert.Equal([elm, oak], await ListAsync());
        Assert.Equal([oak], await ListAsync("--tag", "sweep"));
        Assert.Equal([elm], await ListAsync("--status", "failed", "--status", "queued"));
        Assert.Equal([elm], await ListAsync("--filter", "ELM arch:gqa -tag:sweep", "--architecture", "gqa"));
        Assert.Equal([elm], await ListAsync("--limit", "1"));
        Assert.Single(await ListAsync("--archived"));

        var (code, output, errors) = await RunAsync("runs", "--limit", "1");
        Assert.Equal((0, 2), (code, output.TrimEnd().Split('\n').Length));
        Assert.Contains("elm", output, StringComparison.Ordinal);
        Assert.Contains("1 of 2 runs", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadFilters_AreAllTold()
    {
        var (code, output, errors) = await RunAsync("runs", "--status", "done", "--limit", "0", "--filter", "los<3 elm");

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("\"done\" is not a status", errors, StringComparison.Ordinal);
        Assert.Contains("--filter: Character 1: There is no field \"los\". Did you mean loss?", errors, StringComparison.Ordinal);
        Assert.Contains("--limit: 0 is outside the range", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_TellsHistorySizeAndSpecification()
    {
        var id = Add("oak", RunStatus.Failed);

        var (code, output, errors) = await RunAsync("runs", "show", id.Value[..11], "--json");

        Assert.True(code == 0, errors);
        var run = JsonDocument.Parse(output).RootElement;
        Assert.Equal((id.Value, "failed", 3), (run.GetProperty("id").GetString(), run.GetProperty("status").GetString(), run.GetProperty("history").GetArrayLength()));
        Assert.Equal((JsonValueKind.Null, "queued"), (run.GetProperty("history")[0].GetProperty("from").ValueKind, run.GetProperty("history")[0].GetProperty("to").GetString()));
        Assert.Equal("gqa", run.GetProperty("spec").GetProperty("architecture").GetProperty("id").GetString());
        Assert.Equal(2, run.GetProperty("size").GetProperty("points").GetInt64());
        Assert.Contains("because.", (await RunAsync("runs", "show", "oak")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamesThatFitNoneOrMany_AreAllTold_WithTheCandidates()
    {
        var (a, b) = (Add("twin", RunStatus.Completed), Add("twin", RunStatus.Failed));

        var (code, _, errors) = await RunAsync("runs", "archive", "twin", "twim", a.Value);

        Assert.Equal(2, code);
        Assert.Contains($"\"twin\" may be 2 runs: {b} (twin, Failed), {a} (twin, Completed). Give more of the id.", errors, StringComparison.Ordinal);
        Assert.Contains("There is no run \"twim\". Did you mean twin?", errors, StringComparison.Ordinal);
        Assert.Null(_store.Find(a)!.ArchivedAt);
    }

    [Fact]
    public async Task Delete_AsksFirst_AndLeavesWhatIsQueued()
    {
        var (ended, queued) = (Add("oak", RunStatus.Completed), Add("elm", RunStatus.Queued));

        var refused = await RunAsync("runs", "delete", "oak");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--yes", refused.Errors, StringComparison.Ordinal);
        Assert.NotNull(_store.Find(ended));

        var (code, output, errors) = await RunAsync("runs", "delete", "oak", "elm", "--yes");
        Assert.Equal(2, code);
        Assert.Contains($"{ended} (oak): deleted.", output, StringComparison.Ordinal);
        Assert.Contains($"{queued} (elm): It is queued. Stop it first: stop {queued}", errors, StringComparison.Ordinal);
        Assert.Null(_store.Find(ended));
        Assert.NotNull(_store.Find(queued));
    }

    [Fact]
    public async Task ArchiveTagAndEdit_ChangeTheRun()
    {
        var id = Add("oak", RunStatus.Completed, "draft");

        Assert.Equal(0, (await RunAsync("runs", "archive", "oak")).Code);
        Assert.NotNull(_store.Find(id)!.ArchivedAt);
        Assert.Equal(0, (await RunAsync("runs", "unarchive", "oak", "--json")).Code);
        Assert.Null(_store.Find(id)!.ArchivedAt);

        Assert.Equal(0, (await RunAsync("runs", "tag", "oak", "+sweep", "-draft", "+night")).Code);
        Assert.Equal(["sweep", "night"], _store.Find(id)!.Spec.Tags);
        Assert.Equal(2, (await RunAsync("runs", "tag", "oak")).Code);
        Assert.Equal(2, (await RunAsync("runs", "tag", "oak", "--jsom", "+x")).Code);

        Assert.Equal(0, (await RunAsync("runs", "edit", "oak", "--name", "ash", "--notes", "one\\ntwo")).Code);
        Assert.Equal(("ash", "one\ntwo"), (_store.Find(id)!.Spec.Name, _store.Find(id)!.Spec.Notes));
        var stale = await RunAsync("runs", "edit", "ash", "--name", "elm", "--edition", "1");
        Assert.Equal(2, stale.Code);
        Assert.Contains("Somebody edited it meanwhile (edition 2): name ash; tags sweep, night", stale.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PriorityCloneResumeAndStop_WorkOnTheQueue()
    {
        var (oak, elm, done) = (Add("oak", RunStatus.Queued), Add("elm", RunStatus.Queued), Add("done", RunStatus.Completed));

        Assert.Equal(0, (await RunAsync("priority", "elm", "--to", "3")).Code);
        Assert.Equal(elm, _store.NextQueued([], [])!.Id);
        Assert.Equal(2, (await RunAsync("priority", done.Value, "--first")).Code);
        Assert.Equal(2, (await RunAsync("priority", "oak")).Code);

        var clone = JsonDocument.Parse((await RunAsync("clone", done.Value, "--seed", "7", "--json")).Output).RootElement;
        Assert.Equal(("queued", 7), (clone.GetProperty("status").GetString(), clone.GetProperty("seed").GetInt32()));
        var refused = await RunAsync("resume", done.Value, elm.Value);
        Assert.Equal(2, refused.Code);
        Assert.Contains("It is completed. Repeat it with --from-start", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("It is queued already.", refused.Errors, StringComparison.Ordinal);
        var again = await RunAsync("resume", done.Value, "--from-start");
        Assert.True(again.Code == 0, again.Errors);
        Assert.Contains("Nothing serves the queue now", again.Output, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Queued, _store.Find(done)!.Status);

        Assert.Equal(0, (await RunAsync("stop", oak.Value, "elm")).Code);
        Assert.Equal(RunStatus.Stopped, _store.Find(oak)!.Status);
        Assert.Equal(2, (await RunAsync("pause", "oak")).Code);
    }

    [Fact]
    public async Task Clean_RemovesWhatNothingUses_AndTouchesNothingElse()
    {
        var (kept, gone) = (Add("oak", RunStatus.Completed), RunId.New(TimeProvider.System));
        var fork = RunId.New(TimeProvider.System);
        string[] used = [$"data/checkpoints/{fork}/origin/model.safetensors", $"data/checkpoints/{kept}/step-00000001/model.safetensors", $"data/workers/{kept}.log", $"data/workers/{kept}.lock", "data/datasets/text.tokens", "data/datasets/book.txt.partial", "data/other.partial"];
        string[] unused =
        [
            $"data/checkpoints/{gone}/step-00000001/model.safetensors", $"data/checkpoints/{kept}/unfinished-step-00000002/model.safetensors", $"data/workers/{gone}.log", $"data/workers/{gone}.lock",
            $"data/workers/{kept}.reserve", $"data/datasets/text.tokens.17-{Guid.NewGuid():N}.partial", $"data/datasets/imports/.{Guid.NewGuid():N}.partial",
        ];
        Array.ForEach([.. used, .. unused], file => _folder.Write(file, "1234567"));

        var dry = JsonDocument.Parse((await RunAsync("clean", "--dry-run", "--json")).Output).RootElement;
        Assert.All(unused, file => Assert.True(File.Exists(_folder.File(file)), file));
        Assert.Equal((false, unused.Length, 7L * unused.Length), (dry.GetProperty("removed").GetBoolean(), dry.GetProperty("items").GetArrayLength(), dry.GetProperty("bytes").GetInt64()));
        var (code, output, _) = await RunAsync("clean");

        Assert.Equal(0, code);
        Assert.Contains($"{unused.Length} items removed", output, StringComparison.Ordinal);
        Assert.All(unused, file => Assert.False(File.Exists(_folder.File(file)), file));
        Assert.All(used, file => Assert.True(File.Exists(_folder.File(file)), file));
        Assert.Contains("Nothing is left over.", (await RunAsync("clean")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_EmptiesTheTrash_AndADryRunTellsOfIt()
    {
        var (deleted, kept) = (Add("oak", RunStatus.Completed), Add("elm", RunStatus.Completed));
        _folder.Write($"data/checkpoints/{deleted}/step-00000001/model.safetensors", "1234567");
        _store.Trash([deleted], deleted: true);

        Assert.Contains($"deleted run {deleted} (oak)", (await RunAsync("clean", "--dry-run")).Output, StringComparison.Ordinal);
        Assert.Equal([deleted], RunTrash.Find(_store).Select(run => run.Id));
        Assert.Equal(0, (await RunAsync("clean")).Code);

        Assert.Empty(RunTrash.Find(_store));
        Assert.False(Directory.Exists(_folder.File($"data/checkpoints/{deleted}")));
        Assert.NotNull(_store.Find(kept));
    }

    [Fact]
    public async Task Clean_GoesOnPastFilesThatCannotBeRemoved_AndClaimsNoMoreThanItDid()
    {
        var (stuck, gone) = (Add("oak", RunStatus.Completed), Add("elm", RunStatus.Completed));
        using var folder = new UnremovableFolder(_folder.File($"data/checkpoints/{stuck}/step-00000001"));
        _folder.Write($"data/checkpoints/{gone}/step-00000001/model.safetensors", "1234567");
        _store.Trash([gone, stuck], deleted: true);

        var (code, output, errors) = await RunAsync("clean");

        Assert.Equal(1, code);
        Assert.Contains($"deleted run {gone} (elm)", output, StringComparison.Ordinal);
        Assert.Contains("1 item removed", output, StringComparison.Ordinal);
        Assert.StartsWith($"Files of the deleted run {stuck} (oak) cannot be removed", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File($"data/checkpoints/{gone}")));
    }

    [Fact]
    public async Task StoreCommands_MeasureCheckCopyAndCompact()
    {
        var id = Add("oak", RunStatus.Completed);
        _store.Append(id, [.. Enumerable.Range(1, 50_000).Select(step => TestStore.Point(step, step))]);
        var big = Add("big", RunStatus.Completed);
        _store.Append(big, [.. Enumerable.Range(1, 200_000).Select(step => TestStore.Point(step, 1.0 / step))]);

        var size = JsonDocument.Parse((await RunAsync("store", "size", "--json")).Output).RootElement;
        Assert.Equal((2, 250_000), (size.GetProperty("runs").GetInt32(), size.GetProperty("points").GetInt32()));
        Assert.Contains("is sound", (await RunAsync("store", "check")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("store", "backup", _folder.File("copy/runs.db"))).Code);
        Assert.Equal(2, (await RunAsync("store", "backup", _folder.File("copy/runs.db"))).Code);

        _store.Delete(big);
        var compact = JsonDocument.Parse((await RunAsync("store", "compact", "--json")).Output).RootElement;
        Assert.True(compact.GetProperty("bytesAfter").GetInt64() < size.GetProperty("bytes").GetInt64() / 2);
        using var copy = SqliteRunStore.Open(new(_folder.File("copy")), TimeProvider.System);
        Assert.Equal(200_000, copy.ReadSeries(big, "train.loss", -1).Count);
        Assert.Equal(50_000, _store.ReadSeries(id, "train.loss", -1).Count);
    }

    [Fact]
    public async Task ACheckpoint_OfAFolderThatWasMoved_IsShownWhereItIs()
    {
        var id = Add("oak", RunStatus.Stopped);
        _store.Append(id, [new CheckpointSaved(2, "/elsewhere/checkpoints/step-00000002", 10), new CheckpointSaved(1, "/elsewhere/checkpoints/step-00000001", 10)]);
        var here = _folder.File($"data/checkpoints/{id}/step-00000002");
        Directory.CreateDirectory(here);
        var text = (await RunAsync("runs", "show", "oak")).Output;
        Assert.Contains($"{here}\n", text, StringComparison.Ordinal);
        Assert.Contains("step-00000001  (gone)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/elsewhere", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/elsewhere", (await RunAsync("runs", "show", "oak", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABackup_ThatCannotBeWritten_BlamesItsPlace_AndNotTheStore()
    {
        Add("oak", RunStatus.Completed);
        var (code, _, errors) = await RunAsync("store", "backup", "/proc/x.db");
        Assert.Equal(2, code);
        Assert.Contains("/proc/x.db cannot be written", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_TellsBackendAndStore()
    {
        Add("oak", RunStatus.Completed);

        var doctor = JsonDocument.Parse((await RunAsync("doctor", "--json")).Output).RootElement;

        Assert.StartsWith("libtorch", doctor.GetProperty("backend").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, true), (doctor.GetProperty("store").GetProperty("runs").GetInt32(), doctor.GetProperty("store").GetProperty("sound").GetBoolean()));
        Assert.True(doctor.GetProperty("freeBytes").GetInt64() > 0 && doctor.GetProperty("threads").GetInt32() >= 1);
    }

    private RunId Add(string name, RunStatus status, string tags = "")
    {
        var id = _store.Create(TestStore.Spec(("name", name), ("tags", tags))).Id;
        if (status != RunStatus.Queued)
        {
            _store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
            _store.Append(id, [TestStore.Point(1, 3), TestStore.Point(2, 2)]);
            _store.TryTransition(id, RunStatus.Running, status, status == RunStatus.Failed ? "because." : "");
        }

        return id;
    }

    private async Task<RunId[]> ListAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(["runs", "--json", .. arguments]);
        Assert.True(code == 0, errors);
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("runs").EnumerateArray().Select(run => new RunId(run.GetProperty("id").GetString()!))];
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => CrossbenchProcess.RunAsync(_folder, arguments);
}
