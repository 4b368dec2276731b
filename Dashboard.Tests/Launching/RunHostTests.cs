using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

public sealed class RunHostTests : IDisposable
{
    private readonly TestStore _test = new();
    private readonly StringWriter _log = new();

    public void Dispose() => _test.Dispose();

    public static TheoryData<RunOutcome, RunStatus, string, int> Ends => new()
    {
        { new Completed(10, 2.5), RunStatus.Completed, "", 0 },
        { new Paused(7), RunStatus.Paused, "Paused on request at step 7.", 4 },
        { new Stopped(8), RunStatus.Stopped, "Stopped on request at step 8.", 4 },
        { new Diverged(9, 3.25, "layers.2"), RunStatus.Diverged, "The loss or a gradient stopped being finite at step 9; the last finite loss was 3.25, the first bad values came from layers.2.", 3 },
        { new Diverged(1, null, null), RunStatus.Diverged, "The loss or a gradient stopped being finite at step 1; no loss was finite.", 3 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void AnOutcome_BecomesTheStatus_AfterAllEventsAreInTheStore(RunOutcome outcome, RunStatus status, string reason, int exitCode)
    {
        var end = Run((run, observer, _) =>
        {
            Assert.Equal(RunStatus.Running, _test.Store.Find(run.Id)!.Status);
            observer.OnEvent(TestStore.Point(5, 1));
            return outcome;
        });

        var stored = _test.Store.Find(end.Id)!;
        Assert.Equal((status, reason), (stored.Status, stored.Reason));
        Assert.Equal((status, reason, outcome, exitCode), (end.Status, end.Reason, end.Outcome, end.ExitCode));
        Assert.Equal(5, stored.Step);
        Assert.Equal(Environment.ProcessId, stored.ProcessId);
    }

    [Fact]
    public void AFault_FailsTheRun_WithItsFirstLine_AndTheLogHasTheRest()
    {
        var end = Run((_, _, _) => throw new InvalidOperationException("mat1 and mat2 cannot be multiplied\nException raised from addmm"));

        Assert.Equal((RunStatus.Failed, "mat1 and mat2 cannot be multiplied", 1), (end.Status, end.Reason, end.ExitCode));
        Assert.Contains("Exception raised from addmm", _log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeOfTheUser_FailsTheRun_WithAllProblems()
    {
        var end = Run((_, _, _) => throw new SpecException(new SpecProblem("dataset.path", "It is gone.", "Put it back."), new SpecProblem("training.device", "Not there.", "Use cpu.")));

        Assert.Equal(2, end.ExitCode);
        Assert.Contains("dataset.path: It is gone. Put it back.", _test.Store.Find(end.Id)!.Reason, StringComparison.Ordinal);
        Assert.Contains("training.device: Not there. Use cpu.", _test.Store.Find(end.Id)!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ADiskThatIsFull_PausesTheRun_WithTheReasonAndTheRemedy()
    {
        var end = Run((_, observer, _) =>
        {
            _test.Store.LimitPages(60);
            for (var step = 1; step <= 20_000; step++)
            {
                observer.OnEvent(TestStore.Point(step, 1, $"metric{step % 9}"));
            }

            return new Completed(20_000, 1);
        });

        Assert.Equal((RunStatus.Paused, 4), (end.Status, end.ExitCode));
        Assert.Contains("is full. Free some space, then resume the run.", _test.Store.Find(end.Id)!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatIsNotQueuedAnyMore_IsLeftAlone()
    {
        var run = _test.Store.Create(TestStore.Spec());
        _test.Store.TryTransition(run.Id, RunStatus.Queued, RunStatus.Stopped, "");

        var end = Host().Run(run, new TrainingControl(), (_, _, _) => throw new InvalidOperationException("never"));

        Assert.Equal((RunStatus.Stopped, null, 4), (end.Status, end.Outcome, end.ExitCode));
    }

    [Fact]
    public void ADiskThatIsFull_ForTheTrainer_PausesTheRunToo()
    {
        var end = Run((_, _, _) => throw new IOException("No space left on device : '/data/checkpoints'", 28));

        Assert.Equal((RunStatus.Paused, "The disk is full: No space left on device : '/data/checkpoints'. Free some space, then resume the run."), (end.Status, end.Reason));
    }

    [Fact]
    public void ADiskThatIsFull_GetsRoomForTheEnd_FromTheReserve()
    {
        using var reserve = SpaceReserve.Hold(_test.Folder, RunId.New(_test.Clock));
        var file = Assert.Single(Directory.GetFiles(_test.Folder.Workers));
        Assert.Equal(1 << 20, new FileInfo(file).Length);

        new RunHost(_test.Store, _test.Clock, _log, reserve).Run(_test.Store.Create(TestStore.Spec()), new TrainingControl(), (_, _, _) => throw new IOException("full", 28));

        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData(RunCommand.Pause, TrainingRequest.Pause, false)]
    [InlineData(RunCommand.Stop, TrainingRequest.Stop, true)]
    public void ARequestInTheStore_ReachesTheTrainer_AndRowAndLogSaySo(RunCommand command, TrainingRequest request, bool hasBegun)
    {
        var end = Run((run, observer, control) =>
        {
            if (hasBegun)
            {
                observer.OnEvent(new Started(0, 9, 1, 2, 1, null, false, "cpu"));
            }

            using var other = _test.Reopen();
            Assert.True(other.Request(run.Id, command));
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    _test.Clock.Advance(RunHost.PollInterval);
                    return control.Request == request && other.Find(run.Id)!.Reason.Length > 0;
                },
                TimeSpan.FromSeconds(30)));
            Assert.Equal($"{command} was asked for; ends {(hasBegun ? "after this step" : "before its first step")}.", other.Find(run.Id)!.Reason);
            return new Stopped(1);
        });
        Assert.Single(_test.Store.ReadLog(end.Id, 0), line => line.Text.StartsWith($"{command} was asked for", StringComparison.Ordinal));
    }

    [Fact]
    public void ARunningRun_GivesSignsOfLife()
    {
        Run((run, _, _) =>
        {
            var begun = _test.Store.Find(run.Id)!.HeartbeatAt;
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    _test.Clock.Advance(RunHost.PollInterval);
                    return _test.Store.Find(run.Id)!.HeartbeatAt > begun;
                },
                TimeSpan.FromSeconds(30)));
            return new Completed(1, 1);
        });
    }

    [Fact]
    public void ASecondObserver_SeesTheSameEvents()
    {
        var seen = new Witness();
        var run = _test.Store.Create(TestStore.Spec());

        Host().Run(run, new TrainingControl(), (_, observer, _) =>
        {
            observer.OnEvent(TestStore.Point(1, 1));
            return new Completed(1, 1);
        }, seen);

        Assert.Equal([1], seen.Steps);
    }

    private RunHost Host() => new(_test.Store, _test.Clock, _log);

    private RunEnd Run(TrainRun train) => Host().Run(_test.Store.Create(TestStore.Spec()), new TrainingControl(), train);

    private sealed class Witness : ITrainingObserver
    {
        public List<long> Steps { get; } = [];

        public void OnEvent(TrainingEvent trainingEvent) => Steps.Add(trainingEvent.Step);
    }
}
