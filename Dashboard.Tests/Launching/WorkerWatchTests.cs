using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>The queue beside living workers that do not do as they should; real processes, a clock of the test's.</summary>
public sealed class WorkerWatchTests : IDisposable
{
    private static readonly WorkerPatience Patience = new();
    private readonly TestStore _test = new();
    private readonly FakeWorkers _workers = new();
    private readonly TestLog<RunQueue> _log = new();
    private readonly RunQueue _queue;

    public WorkerWatchTests() => _queue = Queue();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _queue.Dispose();
        _workers.Dispose();
        _test.Dispose();
    }

    [Fact]
    public void ASilentWorker_IsSaidToHang_Once_InRowAndLog_AndIsNotKilled()
    {
        var id = Begun();
        Pass(_queue, Patience.Silence - TimeSpan.FromSeconds(1));
        Assert.Equal("", _test.Store.Find(id)!.Reason);

        Pass(_queue, TimeSpan.FromSeconds(5));

        var expected = $"The worker (process {_workers.Started[0].Id}) has given no sign of life for more than 30 s; it may hang. Stop it at once with: stop {id} --now";
        Assert.Equal((RunStatus.Running, expected), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
        Assert.Single(_test.Store.ReadLog(id, 0), line => line.Text == expected && line.IsWarning);
        Assert.Single(_log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("may hang", StringComparison.Ordinal));
        Pass(_queue, TimeSpan.FromMinutes(3));
        Assert.Null(_workers.Started[0].ExitCode);

        _test.Store.Heartbeat(id, _workers.Started[0].Id);
        _queue.Look();
        Assert.Equal("The worker gives signs of life again.", _test.Store.Find(id)!.Reason);
    }

    [Theory]
    [InlineData(RunCommand.Stop, RunStatus.Stopped, "stop")]
    [InlineData(RunCommand.Pause, RunStatus.Interrupted, "pause")]
    public async Task AWorkerThatGoesOn_LongAfterItWasAskedToEnd_IsKilled_AndTheReasonSaysSo(RunCommand command, RunStatus end, string word)
    {
        var id = Begun();
        _test.Store.Append(id, [TestStore.Point(41, 2)]);
        Pass(_queue, TimeSpan.FromMinutes(1));
        Assert.True(_test.Store.Request(id, command));
        Pass(_queue, Patience.End, beat: id);
        Assert.Null(_workers.Started[0].ExitCode);

        Pass(_queue, TimeSpan.FromSeconds(1), beat: id);
        await Ended(_workers.Started[0]);
        _queue.Look();

        Assert.Equal((end, $"The worker was killed at step 41: it went on for 30 s after it was asked to {word}."), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
        Assert.Contains(_test.Store.History(id), change => change.To == end && change.Reason.Contains("went on for 30 s", StringComparison.Ordinal));
    }

    [Fact]
    public void ARunWhoseStepsAreLong_GetsTimeForThreeOfThem()
    {
        var id = Begun();
        _test.Store.Append(id, [TestStore.Point(10, 2), TestStore.Point(10, 400, TrainingMetrics.Elapsed.Name)]);
        var elapsed = _test.Store.Find(id)!.Elapsed;
        Assert.Equal(400, elapsed);
        _test.Store.Request(id, RunCommand.Stop);

        Pass(_queue, TimeSpan.FromSeconds(119), beat: id);
        Assert.Null(_workers.Started[0].ExitCode);
        Pass(_queue, TimeSpan.FromSeconds(3), beat: id);

        Assert.True(SpinWait.SpinUntil(() => _workers.Started[0].Exited.IsCompleted, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task AnAdoptedWorker_IsKilledAfterTheDeadline_Too()
    {
        var id = Begun();
        using var restarted = Queue();
        _test.Store.Request(id, RunCommand.Stop);

        Pass(restarted, Patience.End + TimeSpan.FromSeconds(2), beat: id);
        await Ended(_workers.Started[0]);
        Assert.True(SpinWait.SpinUntil(() => !RunLock.IsHeld(_test.Folder, id), TimeSpan.FromSeconds(30)));
        restarted.Look();

        Assert.Equal(RunStatus.Stopped, _test.Store.Find(id)!.Status);
    }

    [Fact]
    public async Task AWorkerThatSomebodyCondemned_AndCouldNotKill_IsKilledByTheQueue()
    {
        var id = Begun();
        _test.Store.Request(id, RunCommand.Stop);
        _test.Store.Condemn(id, "it was asked to stop at once");

        _queue.Look();
        await Ended(_workers.Started[0]);
        _queue.Look();

        Assert.Equal((RunStatus.Stopped, "The worker was killed at step 0: it was asked to stop at once."), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
    }

    [Fact]
    public void AStop_AskedOfARun_WhoseWorkerIsDeadByThen_IsSettledAtTheNextStart()
    {
        var (stopped, paused) = (_test.Running(), _test.Running());
        _test.Store.Request(stopped, RunCommand.Stop);
        _test.Store.Request(paused, RunCommand.Pause);

        using var next = Queue();
        next.Look();

        Assert.Equal((RunStatus.Stopped, "Stop was asked for. The worker ended without saying why at step 0; its log is empty."), (_test.Store.Find(stopped)!.Status, _test.Store.Find(stopped)!.Reason));
        Assert.Equal(RunStatus.Interrupted, _test.Store.Find(paused)!.Status);
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public void AWallClockThatJumps_MakesNobodyLateOrSilent(int days)
    {
        var id = Begun();
        _test.Store.Request(id, RunCommand.Stop);
        _queue.Look();

        _test.Clock.Jump(TimeSpan.FromDays(days));
        _queue.Look();
        _test.Store.Heartbeat(id, _workers.Started[0].Id);
        Pass(_queue, TimeSpan.FromSeconds(20), beat: id);

        Assert.Null(_workers.Started[0].ExitCode);
        Assert.Equal((RunStatus.Running, ""), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public void AMachineThatSleeps_MakesNobodyLateOrSilent()
    {
        var id = Begun();
        _test.Store.Request(id, RunCommand.Stop);
        _queue.Look();

        _test.Clock.Advance(TimeSpan.FromHours(9));
        _queue.Look();
        Pass(_queue, TimeSpan.FromSeconds(20));

        Assert.Null(_workers.Started[0].ExitCode);
        Assert.Equal((RunStatus.Running, ""), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
    }

    /// <summary>Time goes by with the queue looking twice a second, and the worker giving signs of life when it is named.</summary>
    private void Pass(RunQueue queue, TimeSpan time, RunId? beat = null)
    {
        queue.Look();
        for (var passed = TimeSpan.Zero; passed < time; passed += RunQueue.LookInterval)
        {
            _test.Clock.Advance(RunQueue.LookInterval);
            if (beat is { } id && _test.Store.Find(id)!.Status == RunStatus.Running)
            {
                _test.Store.Heartbeat(id, _workers.Started[0].Id);
            }

            queue.Look();
        }
    }

    private static Task Ended(WorkerProcess worker) => worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

    private RunQueue Queue() => new(_test.Store, _test.Folder, new DeviceSlots(), null, _test.Clock, _log, _workers.Start, Patience);

    private RunId Begun()
    {
        var id = _test.Queued();
        _queue.Look();
        Assert.True(SpinWait.SpinUntil(() => WorkerProcess.LastLines(_test.Folder, id, 1).Count > 0, TimeSpan.FromSeconds(30)));
        Assert.True(_test.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, ""));
        _test.Store.Heartbeat(id, _workers.Started[0].Id);
        _queue.Look();
        return id;
    }
}
