using System.Diagnostics;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>What people ask of runs, through the launcher.</summary>
public sealed class RunControlTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly FakeWorkers _workers = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunLauncher Launcher => new(_test.Store, _test.Folder);

    public void Dispose()
    {
        _workers.Dispose();
        _test.Dispose();
    }

    [Fact]
    public async Task Enqueue_OfAnInvalidSpecification_TellsAllProblems_AndCreatesNothing()
    {
        var spec = TestStore.Spec();
        spec = spec with { Shape = spec.Shape with { Heads = 3 }, Training = spec.Training with { Device = "abacus" } };

        var error = await Assert.ThrowsAsync<SpecException>(() => Launcher.EnqueueAsync(spec));

        Assert.True(error.Problems.Count >= 2);
        Assert.Equal(0, _test.Store.Query(new RunQuery()).Total);
    }

    [Fact]
    public async Task Stop_WhileQueued_NeverStarts()
    {
        var id = await Launcher.EnqueueAsync(TestStore.Spec());

        Assert.True(await Launcher.StopAsync(id));

        Assert.Equal(RunStatus.Stopped, _test.Store.Find(id)!.Status);
        Assert.Null(_test.Store.NextQueued([], []));
        Assert.False(await Launcher.StopAsync(id));
    }

    [Fact]
    public async Task StopAndPause_OfARunningRun_AskItsWorker()
    {
        var id = _test.Running();

        Assert.True(await Launcher.PauseAsync(id));
        Assert.Equal(RunCommand.Pause, _test.Store.Find(id)!.Command);
        Assert.True(await Launcher.StopAsync(id));
        Assert.Equal(RunCommand.Stop, _test.Store.Find(id)!.Command);
    }

    [Fact]
    public async Task Stop_OfAPausedRun_EndsIt()
    {
        var id = Ended(RunStatus.Paused);

        Assert.True(await Launcher.StopAsync(id));

        Assert.Equal((RunStatus.Stopped, "Stopped while it was paused."), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
    }

    [Theory]
    [InlineData(RunStatus.Paused, true)]
    [InlineData(RunStatus.Stopped, true)]
    [InlineData(RunStatus.Interrupted, true)]
    [InlineData(RunStatus.Failed, true)]
    [InlineData(RunStatus.Completed, false)]
    [InlineData(RunStatus.Diverged, false)]
    public async Task Resume_QueuesWhatCanGoOn_AndARestartWhateverHasEnded(RunStatus ended, bool resumes)
    {
        var (resumed, restarted) = (Ended(ended), Ended(ended));

        Assert.Equal(resumes, await Launcher.ResumeAsync(resumed));
        Assert.True(await Launcher.RestartAsync(restarted));

        Assert.Equal(resumes ? RunStatus.Queued : ended, _test.Store.Find(resumed)!.Status);
        Assert.Equal((RunStatus.Queued, "From the start again."), (_test.Store.Find(restarted)!.Status, _test.Store.Find(restarted)!.Reason));
        Assert.False(await Launcher.RestartAsync(restarted));
        Assert.False(await Launcher.PauseAsync(resumed));
    }

    [Fact]
    public async Task ARestart_ForgetsCheckpointsAndCurves_AndKeepsTheLog()
    {
        var id = _test.Running();
        var folder = Path.Combine(_test.Folder.CheckpointsOf(id.Value), "step-00000200");
        var origin = Path.Combine(_test.Folder.CheckpointsOf(id.Value), "origin");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(origin);
        _test.Store.Append(id, [.. Enumerable.Range(1, 200).Select(step => TestStore.Point(step, 3)), new CheckpointSaved(200, folder, 10)]);
        _test.Store.TryTransition(id, RunStatus.Running, RunStatus.Diverged, "");

        Assert.True(await Launcher.RestartAsync(id));

        Assert.False(Directory.Exists(folder));
        Assert.True(Directory.Exists(origin), "What a fork started from stays.");
        Assert.Empty(_test.Store.Checkpoints(id));
        Assert.Equal((0L, 0, null), (_test.Store.Find(id)!.Step, _test.Store.ReadSeries(id, "train.loss", -1).Count, _test.Store.Find(id)!.TrainLoss));
        Assert.Contains(_test.Store.ReadLog(id, 0), line => line.Text == "Diverged.");
    }

    [Fact]
    public async Task AClone_IsANewQueuedRun_OfTheSameSpecification()
    {
        var id = Ended(RunStatus.Completed, ("name", "oak"), ("tags", "a,b"), ("training.steps", "12"));

        var clone = _test.Store.Find(await Launcher.CloneAsync(id, []))!;

        Assert.NotEqual(id, clone.Id);
        Assert.Equal((RunStatus.Queued, _test.Store.Find(id)!.SpecHash), (clone.Status, clone.SpecHash));
        Assert.Equal(RunSpecJson.Write(_test.Store.Find(id)!.Spec), RunSpecJson.Write(clone.Spec));
    }

    [Fact]
    public async Task AClone_TakesChanges_AndAnotherArchitectureBringsItsOwnOptions()
    {
        var id = _test.Queued(("architecture.id", "mig"), ("architecture.keepRatio", "0.5"), ("training.steps", "12"));

        var changed = _test.Store.Find(await Launcher.CloneAsync(id, [new("seed", "7"), new("training.steps", "13")]))!.Spec;
        var other = _test.Store.Find(await Launcher.CloneAsync(id, [new("architecture.id", "gqa")]))!.Spec;

        Assert.Equal((7L, 13L, "mig"), (changed.Seed, changed.Training.Steps, changed.Architecture.Id));
        Assert.Equal(("gqa", 12L), (other.Architecture.Id, other.Training.Steps));
        var error = await Assert.ThrowsAsync<SpecException>(() => Launcher.CloneAsync(id, [new("training.stpes", "1"), new("seed", "x")]));
        Assert.Equal(2, error.Problems.Count);
        await Assert.ThrowsAsync<SpecException>(() => Launcher.CloneAsync(RunId.New(_test.Clock), []));
    }

    [Fact]
    public async Task AKill_EndsTheWorkerAtOnce_WithoutAnyServer()
    {
        var (id, worker) = Living();
        _test.Store.Append(id, [TestStore.Point(41, 2)]);

        Assert.True(await Launcher.KillAsync(id));

        await worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(128 + 9, worker.ExitCode);
        Assert.Equal((RunStatus.Stopped, "The worker was killed at step 41: it was asked to stop at once."), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
        Assert.True(await Launcher.ResumeAsync(id));
    }

    [Fact]
    public async Task AKill_ReachesAWorkerThatDoesNotMove()
    {
        var (id, worker) = Living();
        using (var stop = Process.Start("kill", $"-STOP {worker.Id}"))
        {
            await stop.WaitForExitAsync(Cancellation);
        }

        Assert.True(await Launcher.KillAsync(id));

        Assert.Equal(RunStatus.Stopped, _test.Store.Find(id)!.Status);
    }

    [Fact]
    public async Task AKill_OfAQueuedOrPausedRun_StopsIt_AndOfAnEndedOneDoesNothing()
    {
        var (queued, paused, done) = (_test.Queued(), Ended(RunStatus.Paused), Ended(RunStatus.Completed));

        Assert.True(await Launcher.KillAsync(queued));
        Assert.True(await Launcher.KillAsync(paused));
        Assert.False(await Launcher.KillAsync(done));

        Assert.All(new[] { queued, paused }, id => Assert.Equal(RunStatus.Stopped, _test.Store.Find(id)!.Status));
    }

    [Fact]
    public async Task AKill_NeverTouchesAProcess_ThatDoesNotHoldTheRun()
    {
        var id = _test.Running();
        using var bystander = Process.Start("sleep", "600");
        _test.Store.Heartbeat(id, bystander.Id);

        Assert.False(await Launcher.KillAsync(id));

        Assert.False(bystander.HasExited);
        Assert.Equal(RunStatus.Interrupted, _test.Store.Find(id)!.Status);
        bystander.Kill();
    }

    private RunId Ended(RunStatus status, params (string Path, string Value)[] settings)
    {
        var id = _test.Queued(settings);
        Assert.True(_test.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, ""));
        Assert.True(_test.Store.TryTransition(id, RunStatus.Running, status, ""));
        return id;
    }

    /// <summary>A running run whose lock a process holds that the store knows.</summary>
    private (RunId Id, WorkerProcess Worker) Living()
    {
        var id = _test.Running();
        Directory.CreateDirectory(_test.Folder.Workers);
        var worker = _workers.Start(_test.Folder, id);
        Assert.True(SpinWait.SpinUntil(() => RunLock.IsHeld(_test.Folder, id) && WorkerProcess.LastLines(_test.Folder, id, 1).Count > 0, TimeSpan.FromSeconds(30)));
        _test.Store.Heartbeat(id, worker.Id);
        return (id, worker);
    }
}
