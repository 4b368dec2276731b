using System.Collections.Concurrent;
using System.Text;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>The worker's and the command's way from queued to the end, in this process.</summary>
public sealed class LaunchTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly Ear _log = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void AWorker_HoldsLockAndSlot_WhileItTrains_AndGivesBothBack()
    {
        var id = _test.Queued();
        var other = _test.Queued();

        var code = Worker((run, _, _) =>
        {
            Assert.True(RunLock.IsHeld(_test.Folder, run.Id));
            Assert.False(_test.Store.TryLease(other, "cpu", 1, holder => RunLock.IsHeld(_test.Folder, holder)));
            return new Completed(1, 1);
        }).Run(id);

        Assert.Equal(0, code);
        Assert.False(RunLock.IsHeld(_test.Folder, id));
        Assert.True(_test.Store.TryLease(other, "cpu", 1, _ => true));
    }

    [Fact]
    public void AWorker_WhoseSlotIsTaken_LeavesTheRunQueued()
    {
        var (id, other) = (_test.Queued(), _test.Queued());
        using var held = RunLock.TryTake(_test.Folder, other);
        _test.Store.TryLease(other, "cpu", 1, _ => true);

        Assert.Equal(WorkerMain.NotMyTurn, Worker(Never).Run(id));

        Assert.Equal(RunStatus.Queued, _test.Store.Find(id)!.Status);
    }

    [Fact]
    public void AWorker_OfAnUnknownRun_NamesIt()
    {
        var id = RunId.New(TimeProvider.System);

        Assert.Contains(id.Value, Assert.Throws<SpecException>(() => Worker(Never).Run(id)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACommand_TrainsInItsOwnProcess_AndTheQueueLeavesTheRunAlone()
    {
        using var workers = new FakeWorkers();
        using var queue = new RunQueue(_test.Store, _test.Folder, new DeviceSlots { Cpu = 4 }, null, TimeProvider.System, new TestLog<RunQueue>(), workers.Start);

        var end = Foreground().Run(TestStore.Spec(), new TrainingControl(), (_, _, _) =>
        {
            queue.Look();
            return new Completed(1, 1);
        });

        queue.Look();
        Assert.Empty(workers.Started);
        Assert.Equal(RunStatus.Completed, _test.Store.Find(end.Id)!.Status);
    }

    [Fact]
    public async Task ACommand_WaitsForASlot_AndSaysSo()
    {
        var busy = _test.Queued();
        var held = RunLock.TryTake(_test.Folder, busy)!;
        _test.Store.TryLease(busy, "cpu", 1, _ => true);
        var training = Task.Run(() => Foreground().Run(TestStore.Spec(), new TrainingControl(), (_, _, _) => new Completed(1, 1)), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => _log.Lines.Any(line => line.Contains("waits: cpu is busy", StringComparison.Ordinal)), TimeSpan.FromSeconds(30)));

        held.Dispose();

        var end = await training.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(RunStatus.Completed, end.Status);
    }

    [Fact]
    public void ACommand_ThatIsStoppedWhileItWaits_NeverTrains()
    {
        var busy = _test.Queued();
        using var held = RunLock.TryTake(_test.Folder, busy);
        _test.Store.TryLease(busy, "cpu", 1, _ => true);
        var control = new TrainingControl();
        control.Ask(TrainingRequest.Stop);

        var end = Foreground().Run(TestStore.Spec(), control, Never);

        Assert.Equal((RunStatus.Stopped, 4), (end.Status, end.ExitCode));
        Assert.Equal(RunStatus.Stopped, _test.Store.Find(end.Id)!.Status);
    }

    private static RunOutcome Never(RunRecord run, ITrainingObserver observer, TrainingControl control) => throw new InvalidOperationException("It must not train.");

    private WorkerMain Worker(TrainRun train) => new(_test.Folder, new DeviceSlots(), train, TimeProvider.System, _log);

    private ForegroundRun Foreground() => new(_test.Store, _test.Folder, new DeviceSlots(), TimeProvider.System, _log);

    private sealed class Ear : TextWriter
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => Lines.Enqueue(value ?? "");
    }
}
