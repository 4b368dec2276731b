using System.Diagnostics;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>The queue with real processes, whose part in the store is played by the tests.</summary>
public sealed class RunQueueTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly FakeWorkers _workers = new();
    private readonly TestLog<RunQueue> _log = new();
    private readonly RunQueue _queue;

    public RunQueueTests() => _queue = Queue();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _queue.Dispose();
        _workers.Dispose();
        _test.Dispose();
    }

    [Fact]
    public void TheOldestQueuedRun_GetsTheSlot_TheNextWaits()
    {
        var (first, second) = (_test.Queued(), _test.Queued());

        _queue.Look();
        Wait(() => RunLock.IsHeld(_test.Folder, first));
        Begin(first);
        _queue.Look();

        Assert.Single(_workers.Started);
        Assert.Equal(RunStatus.Queued, Status(second));
        Assert.False(_test.Store.TryLease(second, "cpu", 1, _ => true));
    }

    [Fact]
    public async Task AWorkerThatIsKilled_LeavesTheRunInterrupted_AndTheNextBegins()
    {
        var (killed, next) = (_test.Queued(), _test.Queued());
        _queue.Look();
        Wait(() => RunLock.IsHeld(_test.Folder, killed));
        Begin(killed);
        _test.Store.Append(killed, [TestStore.Point(41, 2)]);
        _queue.Look();

        await Kill(_workers.Started[0]);
        _queue.Look();

        Assert.Equal((RunStatus.Interrupted, "The worker was killed (signal 9) at step 41."), StatusAndReason(killed));
        Assert.Equal(2, _workers.Started.Count);
        Wait(() => RunLock.IsHeld(_test.Folder, next));
    }

    [Fact]
    public async Task AWorkerThatEnds_BeforeItBegan_FailsTheRun_WithItsLastWords()
    {
        _workers.Script = "echo loading; echo 'libtorch is not installed' >&2; exit 2";
        var id = _test.Queued();

        _queue.Look();
        await Ended(_workers.Started[0]);
        _queue.Look();

        Assert.Equal((RunStatus.Failed, "The worker ended with exit code 2 before it began. The last lines of its log are: loading | libtorch is not installed"), StatusAndReason(id));
        Assert.True(_test.Store.TryLease(_test.Queued(), "cpu", 1, _ => true));
    }

    [Fact]
    public async Task AWorkerThatIsKilled_BeforeItBegan_InterruptsTheRun()
    {
        _workers.Script = "kill -9 $$";
        var id = _test.Queued();

        _queue.Look();
        await Ended(_workers.Started[0]);
        _queue.Look();

        Assert.Equal((RunStatus.Interrupted, "The worker was killed (signal 9) before it began. Its log is empty."), StatusAndReason(id));
    }

    [Fact]
    public async Task ARunThatIsResumed_WhileItsStoppedWorkerStillGoes_StaysQueuedAndStartsAgain()
    {
        _workers.Script = "exit 4";
        var id = _test.Queued();
        _queue.Look();
        Begin(id);
        Assert.True(_test.Store.TryTransition(id, RunStatus.Running, RunStatus.Stopped, "Stopped on request at step 3."));
        Assert.True(_test.Store.TryTransition(id, RunStatus.Stopped, RunStatus.Queued, "Resumed."));
        await Ended(_workers.Started[0]);
        _workers.Script = FakeWorkers.Lives;

        _queue.Look();
        _queue.Look();

        Assert.Equal(RunStatus.Queued, Status(id));
        Assert.Equal(2, _workers.Started.Count);
    }

    [Fact]
    public async Task AWorkerThatNeverBegins_IsEnded_AndFailsTheRun()
    {
        _workers.Script = "echo stuck; exec sleep 600";
        var id = _test.Queued();
        _queue.Look();
        Wait(() => WorkerProcess.LastLines(_test.Folder, id, 1) is ["stuck"]);
        _test.Clock.Advance(RunQueue.StartDeadline);
        _queue.Look();
        Assert.Equal(RunStatus.Queued, Status(id));

        _test.Clock.Advance(TimeSpan.FromSeconds(1));
        _queue.Look();
        await Ended(_workers.Started[0]);
        _queue.Look();

        Assert.Equal((RunStatus.Failed, "The worker did not begin within 30 s. The last lines of its log are: stuck"), StatusAndReason(id));
        Assert.True(_test.Store.TryLease(_test.Queued(), "cpu", 1, _ => true));
    }

    [Fact]
    public async Task ARestartedQueue_AdoptsLivingWorkers_AndInterruptsWhatTheyLeave()
    {
        var (id, next) = (_test.Queued(), _test.Queued());
        _queue.Look();
        Wait(() => WorkerProcess.LastLines(_test.Folder, id, 1).Count > 0);
        Begin(id);
        _queue.Look();
        using var restarted = Queue();

        restarted.Look();
        Assert.Equal(RunStatus.Running, Status(id));
        Assert.Single(_workers.Started);
        Assert.Contains(_log.Lines, line => line.Text.Contains("did not start", StringComparison.Ordinal));

        await Kill(_workers.Started[0]);
        restarted.Look();
        Assert.Equal(
            (RunStatus.Interrupted, "The worker ended without saying why at step 0; the last line of its log is: has the lock"), StatusAndReason(id));
        Wait(() => RunLock.IsHeld(_test.Folder, next));
    }

    [Fact]
    public void ARestartedQueue_LeavesARunAlone_WhileAnotherStartsIt()
    {
        _workers.Script = "exec sleep 600";
        _test.Queued();
        _queue.Look();
        using var other = Queue();

        other.Look();

        Assert.Single(_workers.Started);
    }

    [Fact]
    public void AQueuedRun_WhoseLockACommandHolds_IsLeftToIt()
    {
        var id = _test.Queued();
        using var held = RunLock.TryTake(_test.Folder, id);

        _queue.Look();

        Assert.Empty(_workers.Started);
    }

    [Fact]
    public async Task AWorkerThatFindsItsSlotTaken_LeavesTheRunQueued()
    {
        _workers.Script = "exit 75";
        var id = _test.Queued();
        _queue.Look();
        await Ended(_workers.Started[0]);

        _workers.Script = FakeWorkers.Lives;
        _queue.Look();

        Assert.Equal(RunStatus.Queued, Status(id));
        Assert.Equal(2, _workers.Started.Count);
    }

    [Fact]
    public async Task AQueuedRun_StoppedWhileItsWorkerStarts_StaysStopped()
    {
        _workers.Script = "exec sleep 600";
        var id = _test.Queued();
        _queue.Look();

        Assert.True(await new RunLauncher(_test.Store, _test.Folder).StopAsync(id));
        await Kill(_workers.Started[0]);
        _queue.Look();

        Assert.Equal(RunStatus.Stopped, Status(id));
        Assert.Single(_workers.Started);
    }

    [Fact]
    public async Task AQueuedRun_StoppedAndDeletedWhileItsWorkerStarts_LeavesItsSlotToTheNext()
    {
        _workers.Script = "exec sleep 600";
        var (deleted, next) = (_test.Queued(), _test.Queued());
        _queue.Look();
        Assert.True(await new RunLauncher(_test.Store, _test.Folder).StopAsync(deleted));
        Assert.Equal([deleted], _test.Store.Trash([deleted], deleted: true));
        await Kill(_workers.Started[0]);

        _queue.Look();

        Assert.Equal(2, _workers.Started.Count);
        Assert.True(RunLock.IsClaimed(_test.Folder, next));
    }

    [Fact]
    public void ASlotThatCannotBeTaken_LeavesNoRunAnnounced()
    {
        using var store = SqliteRunStore.Open(_test.Folder, _test.Clock, patience: 1);
        using var queue = new RunQueue(store, _test.Folder, new DeviceSlots(), null, _test.Clock, _log, _workers.Start);
        var id = _test.Queued();
        using (_test.LockForWriting())
        {
            Assert.Throws<RunStoreException>(queue.Look);
            Assert.False(RunLock.IsClaimed(_test.Folder, id));
        }

        queue.Look();

        Assert.Single(_workers.Started);
    }

    [Fact]
    public void AProgramThatIsMissing_FailsTheRun_WithTheReason()
    {
        var id = _test.Queued();
        using var queue = new RunQueue(_test.Store, _test.Folder, new DeviceSlots(), null, _test.Clock, _log, (_, _) => throw new System.ComponentModel.Win32Exception("No such file"));

        queue.Look();

        Assert.Equal((RunStatus.Failed, "No worker could be started: No such file"), StatusAndReason(id));
    }

    [Fact]
    public void MoreSlots_TakeMoreRuns()
    {
        using var queue = new RunQueue(_test.Store, _test.Folder, new DeviceSlots { Cpu = 2 }, null, _test.Clock, _log, _workers.Start);
        _test.Queued();
        _test.Queued();
        _test.Queued();

        queue.Look();

        Assert.Equal(2, _workers.Started.Count);
    }

    [Fact]
    public async Task AsAService_ItStartsWhatIsQueued()
    {
        using var feed = new RunChangeFeed(_test.Store, TimeProvider.System, new TestLog<RunChangeFeed>());
        using var queue = new RunQueue(_test.Store, _test.Folder, new DeviceSlots(), feed, TimeProvider.System, _log, _workers.Start);
        await feed.StartAsync(Cancellation);
        await queue.StartAsync(Cancellation);

        var watch = Stopwatch.StartNew();
        var id = _test.Queued();
        Wait(() => RunLock.IsHeld(_test.Folder, id));

        await queue.StopAsync(Cancellation);
        await feed.StopAsync(Cancellation);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    private static void Wait(Func<bool> reached) => Assert.True(SpinWait.SpinUntil(reached, TimeSpan.FromSeconds(30)));

    private static Task Ended(WorkerProcess worker) => worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    private static Task Kill(WorkerProcess worker)
    {
        var ended = Ended(worker);
        worker.Kill();
        return ended;
    }

    private RunQueue Queue() => new(_test.Store, _test.Folder, new DeviceSlots(), null, _test.Clock, _log, _workers.Start);

    private void Begin(RunId id) => Assert.True(_test.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, ""));

    private RunStatus Status(RunId id) => _test.Store.Find(id)!.Status;

    private (RunStatus Status, string Reason) StatusAndReason(RunId id) => (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason);
}
