using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunLifeTests : IDisposable
{
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Create_GivesAQueuedRun_ThatAnotherProcessFindsUnchanged()
    {
        var spec = TestStore.Spec(("name", "Erste Ärzte"), ("seed", "7"), ("tags", "sweep,night"), ("notes", "two\nlines"), ("training.steps", "12"));

        var created = Store.Create(spec);

        using var other = _test.Reopen();
        var found = other.Find(created.Id)!;
        Assert.Equal(RunSpecJson.Write(spec), RunSpecJson.Write(found.Spec));
        Assert.Equal(created with { Spec = spec }, found with { Spec = spec });
        Assert.Equal(RunStatus.Queued, found.Status);
        Assert.Equal(RunSpecJson.Hash(spec), found.SpecHash);
        Assert.Equal(_test.Clock.GetUtcNow(), found.CreatedAt);
    }

    [Fact]
    public void Create_UnderAGivenId_UsesIt()
    {
        var id = RunId.New(_test.Clock);

        Assert.Equal(id, Store.Create(TestStore.Spec(), id).Id);
        Assert.Throws<RunStoreException>(() => Store.Create(TestStore.Spec(), id));
    }

    [Fact]
    public void Find_OfAnUnknownRun_IsNull() => Assert.Null(Store.Find(RunId.New(_test.Clock)));

    [Fact]
    public void Transition_SetsTimesReasonAndALineInTheLog()
    {
        var id = _test.Queued();
        _test.Clock.Advance(TimeSpan.FromSeconds(2));
        var started = _test.Clock.GetUtcNow();
        Assert.True(Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, ""));
        Store.Append(id, [TestStore.Point(41, 2.5)]);
        _test.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.True(Store.TryTransition(id, RunStatus.Running, RunStatus.Interrupted, "The worker was killed (signal 9) at step 41."));

        var run = Store.Find(id)!;
        Assert.Equal((RunStatus.Interrupted, "The worker was killed (signal 9) at step 41."), (run.Status, run.Reason));
        Assert.Equal((started, started.AddSeconds(3)), (run.StartedAt, run.EndedAt));
        var log = Store.ReadLog(id, 0);
        Assert.Equal(["Queued.", "Running.", "Interrupted: The worker was killed (signal 9) at step 41."], log.Select(line => line.Text));
        Assert.Equal((41, true), (log[2].Step, log[2].IsWarning));
        Assert.Equal([log[2]], Store.ReadLog(id, log[1].Number));
    }

    [Fact]
    public void Transition_FromAnotherStatusThanExpected_ChangesNothing()
    {
        var id = _test.Running();
        Assert.True(Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, ""));

        Assert.False(Store.TryTransition(id, RunStatus.Running, RunStatus.Interrupted, "late"));
        Assert.False(Store.TryTransition(RunId.New(_test.Clock), RunStatus.Queued, RunStatus.Running, ""));

        Assert.Equal(RunStatus.Completed, Store.Find(id)!.Status);
        Assert.DoesNotContain(Store.ReadLog(id, 0), line => line.Text.Contains("late", StringComparison.Ordinal));
    }

    [Fact]
    public void Transition_ThatIsNotLegal_Throws() =>
        Assert.Throws<ArgumentException>(() => Store.TryTransition(_test.Queued(), RunStatus.Completed, RunStatus.Running, ""));

    [Fact]
    public void TwoProcesses_ThatTakeTheSameQueuedRun_OneWins()
    {
        using var other = _test.Reopen();
        for (var i = 0; i < 20; i++)
        {
            var id = _test.Queued();
            var wins = 0;
            Parallel.ForEach([Store, other], store => Interlocked.Add(ref wins, store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "") ? 1 : 0));
            Assert.Equal(1, wins);
        }
    }

    [Fact]
    public void Request_ReachesTheRow_AndATransitionClearsIt()
    {
        var id = _test.Queued();
        Assert.False(Store.Request(id, RunCommand.Stop));
        Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");

        Assert.True(Store.Request(id, RunCommand.Pause));
        Assert.Equal(RunCommand.Pause, Store.Find(id)!.Command);

        Store.TryTransition(id, RunStatus.Running, RunStatus.Paused, "");
        Assert.Equal(RunCommand.None, Store.Find(id)!.Command);
    }

    [Fact]
    public void Resume_QueuesAgain_AndForgetsTheEnd()
    {
        var id = _test.Running();
        Store.TryTransition(id, RunStatus.Running, RunStatus.Paused, "");

        Assert.True(Store.TryTransition(id, RunStatus.Paused, RunStatus.Queued, ""));

        Assert.Null(Store.Find(id)!.EndedAt);
    }

    [Fact]
    public void Heartbeat_NotesProcessAndTime()
    {
        var id = _test.Running();
        _test.Clock.Advance(TimeSpan.FromSeconds(9));

        Store.Heartbeat(id, 4711);

        var run = Store.Find(id)!;
        Assert.Equal((4711, _test.Clock.GetUtcNow()), (run.ProcessId, run.HeartbeatAt));
    }

    [Fact]
    public void Delete_TakesEverythingOfAnEndedRun_AndLeavesOthers()
    {
        var (gone, kept) = (_test.Running(), _test.Running());
        foreach (var id in (RunId[])[gone, kept])
        {
            Store.Append(id, [.. Enumerable.Range(1, 5000).Select(step => TestStore.Point(step, step))]);
            Store.Append(id, [new Evaluated(5000, "held-out", 1, 0.9, 1.1, [new SequenceLoss(0, 0, 1, 8)]), new CheckpointSaved(5000, "c", 10)]);
        }

        Assert.False(Store.Delete(gone));
        Store.TryTransition(gone, RunStatus.Running, RunStatus.Stopped, "");
        Assert.True(Store.Delete(gone));

        Assert.Null(Store.Find(gone));
        Assert.Equal(0, Store.ReadSeries(gone, "train.loss", -1).Count);
        Assert.Equal(5000, Store.ReadSeries(kept, "train.loss", -1).Count);
        Assert.Single(Store.ReadSequences(kept, "held-out", 5000));
        Assert.Throws<ArgumentException>(() => Store.Append(gone, [TestStore.Point(1, 1)]));
    }
}
