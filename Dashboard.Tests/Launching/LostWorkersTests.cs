using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>Running runs whose worker died while no queue was served.</summary>
public sealed class LostWorkersTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void ARunningRun_WhoseLockIsFree_IsInterrupted_AndItsSlotIsFree()
    {
        var lost = _test.Running();
        Assert.True(_test.Store.TryLease(lost, "cpu", 1, _ => true));
        LostWorkers.Settle(_test.Store, _test.Folder);
        var run = _test.Store.Find(lost)!;
        Assert.Equal(RunStatus.Interrupted, run.Status);
        Assert.StartsWith("The worker ended without saying why at step 0", run.Reason, StringComparison.Ordinal);
        Assert.True(_test.Store.TryLease(_test.Queued(), "cpu", 1, _ => true));
    }

    [Fact]
    public void ARunningRun_WithALivingWorker_AndAQueuedOne_AreLeftAlone()
    {
        var (living, queued) = (_test.Running(), _test.Queued());
        using var held = RunLock.TryTake(_test.Folder, living);
        LostWorkers.Settle(_test.Store, _test.Folder);
        Assert.Equal((RunStatus.Running, RunStatus.Queued), (_test.Store.Find(living)!.Status, _test.Store.Find(queued)!.Status));
    }

    [Fact]
    public async Task StopAtOnce_OfARunWhoseWorkerIsDeadAlready_SaysNotThatItWasKilled()
    {
        var lost = _test.Running();
        Assert.False(await new RunLauncher(_test.Store, _test.Folder).KillAsync(lost));
        Assert.Equal(RunStatus.Interrupted, _test.Store.Find(lost)!.Status);
        Assert.DoesNotContain(_test.Store.History(lost), change => change.Reason.Contains("killed", StringComparison.Ordinal));
    }
}
