using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>Emptying the trash, by hand and by the server.</summary>
public sealed class RunTrashTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly TestLog<TrashCollector> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void OnlyWhatLiesInTheTrash_SinceLongEnough_IsPurged()
    {
        var (live, young, old) = (Ended(), Ended(), Ended());
        Store.Trash([old], deleted: true);
        var by = _test.Clock.GetUtcNow();
        _test.Clock.Advance(TimeSpan.FromMinutes(1));
        Store.Trash([young], deleted: true);

        Assert.False(Store.Purge(live, DateTimeOffset.MaxValue));
        Assert.False(Store.Purge(young, by));
        Store.Trash([old], deleted: false);
        Assert.False(Store.Purge(old, by));
        Store.Trash([old], deleted: true);
        Assert.False(Store.Purge(old, by));

        Assert.True(Store.Purge(old, _test.Clock.GetUtcNow()));
        Assert.False(Store.Purge(old, _test.Clock.GetUtcNow()));
        Assert.NotNull(Store.Find(live));
        Assert.Equal([young], RunTrash.Find(Store).Select(run => run.Id));
    }

    [Fact]
    public void FilesThatCannotBeRemoved_KeepNoOtherRun_AndAreNamed()
    {
        RunId[] runs = [Ended(), Ended(), Ended()];
        foreach (var id in runs)
        {
            Directory.CreateDirectory(_test.Folder.CheckpointsOf(id.Value));
        }

        using var stuck = new UnremovableFolder(Path.Combine(_test.Folder.CheckpointsOf(runs[1].Value), "step-00000001"));
        Store.Trash(runs, deleted: true);

        var emptied = RunTrash.Empty(Store, _test.Folder, _test.Clock.GetUtcNow());

        Assert.Equal([runs[2], runs[0]], emptied.Gone.Select(run => run.Id));
        Assert.StartsWith($"Files of the deleted run {runs[1]} (", Assert.Single(emptied.Faults).Reason, StringComparison.Ordinal);
        Assert.Empty(RunTrash.Find(Store));
        Assert.Equal([_test.Folder.CheckpointsOf(runs[1].Value)], Directory.GetDirectories(_test.Folder.Checkpoints));
    }

    [Fact]
    public async Task TheServer_OutlivesATrashThatCannotBeEmptied_SaysSoOnce_AndTriesAgain()
    {
        RunId[] runs = [Ended(), Ended()];
        Store.Trash(runs, deleted: true);
        _test.Clock.Advance(RunTrash.Kept);
        using var store = SqliteRunStore.Open(_test.Folder, _test.Clock, patience: 1);
        using var collector = new TrashCollector(store, _test.Folder, _test.Clock, _log);
        using (_test.LockForWriting())
        {
            await collector.StartAsync(Cancellation);
            Wait(() => _log.Lines.Count == 1);
            _test.Clock.Advance(TimeSpan.FromHours(1));
        }

        // A look that still found it locked is followed by another one.
        Wait(() =>
        {
            _test.Clock.Advance(TimeSpan.FromHours(1));
            return RunTrash.Find(Store).Count == 0;
        });
        Assert.False(collector.ExecuteTask!.IsCompleted);
        await collector.StopAsync(Cancellation);
        var line = Assert.Single(_log.Lines).Text;
        Assert.Contains($"Run {runs[1]} (", line, StringComparison.Ordinal);
        Assert.Contains("locked by another program", line, StringComparison.Ordinal);
    }

    private static void Wait(Func<bool> reached) => Assert.True(SpinWait.SpinUntil(reached, TimeSpan.FromSeconds(30)));

    private RunId Ended()
    {
        var id = _test.Running();
        Assert.True(Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, ""));
        return id;
    }
}
