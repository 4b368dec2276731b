using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class LeaseTests : IDisposable
{
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void ADevice_TakesAsManyRunsAsItHasSlots()
    {
        var runs = Enumerable.Range(0, 3).Select(_ => _test.Queued()).ToArray();

        Assert.True(Store.TryLease(runs[0], "cpu", 2, Lives));
        Assert.True(Store.TryLease(runs[1], "cpu", 2, Lives));
        Assert.False(Store.TryLease(runs[2], "cpu", 2, Lives));
        Assert.True(Store.TryLease(runs[2], "cuda:0", 1, Lives));
    }

    [Fact]
    public void ARunThatHasItsSlot_KeepsIt()
    {
        var id = _test.Queued();

        Assert.True(Store.TryLease(id, "cpu", 1, Lives));
        Assert.True(Store.TryLease(id, "cpu", 1, Lives));
    }

    [Fact]
    public void ASlotGivenBack_IsFree()
    {
        var (first, second) = (_test.Queued(), _test.Queued());
        Store.TryLease(first, "cpu", 1, Lives);

        Store.ReleaseLease(first);

        Assert.True(Store.TryLease(second, "cpu", 1, Lives));
    }

    [Fact]
    public void TheSlotOfADeadRun_IsTakenOver()
    {
        var (dead, next, late) = (_test.Queued(), _test.Queued(), _test.Queued());
        Store.TryLease(dead, "cpu", 1, Lives);

        Assert.True(Store.TryLease(next, "cpu", 1, run => run != dead));
        Assert.False(Store.TryLease(late, "cpu", 1, run => run != dead));
    }

    [Fact]
    public void FewerSlotsThanBefore_WaitUntilEnoughAreFree()
    {
        var runs = Enumerable.Range(0, 3).Select(_ => _test.Queued()).ToArray();
        Store.TryLease(runs[0], "cpu", 2, Lives);
        Store.TryLease(runs[1], "cpu", 2, Lives);
        Store.ReleaseLease(runs[0]);

        Assert.False(Store.TryLease(runs[2], "cpu", 1, Lives));
    }

    [Fact]
    public void ManyProcesses_ThatWantTheLastSlot_OneGetsIt()
    {
        using var other = _test.Reopen();
        for (var i = 0; i < 20; i++)
        {
            RunId[] runs = [_test.Queued(), _test.Queued()];
            var got = 0;
            Parallel.For(0, 2, n => Interlocked.Add(ref got, (n == 0 ? Store : other).TryLease(runs[n], "cpu", 1, Lives) ? 1 : 0));
            Assert.Equal(1, got);
            Array.ForEach(runs, Store.ReleaseLease);
        }
    }

    [Fact]
    public void TheSlotOfARunInTheTrash_CanBeGivenBack_AndBeTakenOver()
    {
        var (deleted, next) = (Stopped(), _test.Queued());

        Assert.False(Store.TryLease(next, "cpu", 1, Lives));
        Assert.True(Store.TryLease(next, "cpu", 1, run => run != deleted));

        var other = Stopped("cuda:0");
        Store.ReleaseLease(other);
        Assert.True(Store.TryLease(_test.Queued(), "cuda:0", 1, Lives));
    }

    [Fact]
    public void ALease_OfAnUnknownRun_Throws() => Assert.Throws<ArgumentException>(() => Store.TryLease(RunId.New(_test.Clock), "cpu", 1, Lives));

    /// <summary>A run that has a slot, and was stopped and deleted before its worker began.</summary>
    private RunId Stopped(string device = "cpu")
    {
        var id = _test.Queued();
        Assert.True(Store.TryLease(id, device, 1, Lives));
        Store.TryTransition(id, RunStatus.Queued, RunStatus.Stopped, "");
        Assert.Equal([id], Store.Trash([id], deleted: true));
        return id;
    }

    private static bool Lives(RunId run) => true;
}
