using Crossbench.Runs;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunTransitionsTests : IDisposable
{
    /// <summary>Where a run may go from each status, written out.</summary>
    private static readonly Dictionary<RunStatus, string> Legal = new()
    {
        [RunStatus.Queued] = "Running Stopped Failed Interrupted",
        [RunStatus.Running] = "Paused Completed Stopped Diverged Failed Interrupted",
        [RunStatus.Paused] = "Queued Stopped",
        [RunStatus.Completed] = "Queued",
        [RunStatus.Stopped] = "Queued",
        [RunStatus.Diverged] = "Queued",
        [RunStatus.Failed] = "Queued",
        [RunStatus.Interrupted] = "Queued",
    };

    private readonly TestStore _test = new();

    public static TheoryData<RunStatus> All => new(Enum.GetValues<RunStatus>());

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void FromEachStatus_ARunGoesWhereItMay_AndNowhereElse(RunStatus from)
    {
        var legal = Legal[from].Split(' ').Select(Enum.Parse<RunStatus>).ToHashSet();
        foreach (var to in Enum.GetValues<RunStatus>())
        {
            var id = In(from);
            if (!legal.Contains(to))
            {
                Assert.Throws<ArgumentException>(() => _test.Store.TryTransition(id, from, to, "why"));
                Assert.Equal(from, _test.Store.Find(id)!.Status);
                continue;
            }

            Assert.True(_test.Store.TryTransition(id, from, to, "why"));
            Assert.Equal((to, "why"), (_test.Store.Find(id)!.Status, _test.Store.Find(id)!.Reason));
            Assert.Equal((from, to, "why"), (_test.Store.History(id)[^1].From, _test.Store.History(id)[^1].To, _test.Store.History(id)[^1].Reason));
        }
    }

    [Theory]
    [InlineData(RunStatus.Queued, false, false)]
    [InlineData(RunStatus.Running, false, false)]
    [InlineData(RunStatus.Paused, true, true)]
    [InlineData(RunStatus.Stopped, true, true)]
    [InlineData(RunStatus.Interrupted, true, true)]
    [InlineData(RunStatus.Failed, true, true)]
    [InlineData(RunStatus.Completed, true, false)]
    [InlineData(RunStatus.Diverged, true, false)]
    public void AnEndedRun_CanGoOn_WhenThereIsSomethingLeftThatMayEndOtherwise(RunStatus status, bool ended, bool goesOn) =>
        Assert.Equal((ended, goesOn), (status.IsEnded(), status.CanGoOn()));

    [Fact]
    public void TheHistory_HasEveryChange_FromTheCreationOn()
    {
        var id = _test.Queued();
        var created = _test.Clock.GetUtcNow();
        _test.Clock.Advance(TimeSpan.FromSeconds(3));
        _test.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        _test.Store.Append(id, [TestStore.Point(12, 2)]);
        _test.Clock.Advance(TimeSpan.FromSeconds(4));
        _test.Store.TryTransition(id, RunStatus.Running, RunStatus.Paused, "Paused on request at step 12.");

        using var other = _test.Reopen();
        Assert.Equal(
            [
                new StatusChange(created, null, RunStatus.Queued, "", 0),
                new StatusChange(created.AddSeconds(3), RunStatus.Queued, RunStatus.Running, "", 0),
                new StatusChange(created.AddSeconds(7), RunStatus.Running, RunStatus.Paused, "Paused on request at step 12.", 12),
            ],
            other.History(id));
    }

    [Fact]
    public void OfManyThatEndARunAtOnce_OneDoes_AndTheHistoryHasItOnce()
    {
        using var other = _test.Reopen();
        for (var i = 0; i < 10; i++)
        {
            var id = _test.Running();
            Parallel.ForEach(
                [(_test.Store, RunStatus.Completed), (other, RunStatus.Interrupted), (_test.Store, RunStatus.Stopped)],
                end => end.Item1.TryTransition(id, RunStatus.Running, end.Item2, ""));

            var last = Assert.Single(_test.Store.History(id), change => change.From == RunStatus.Running);
            Assert.Equal(_test.Store.Find(id)!.Status, last.To);
        }
    }

    [Fact]
    public void ARemark_IsTheReasonOfARunningRun_AndALineInItsLog()
    {
        var (running, queued) = (_test.Running(), _test.Queued());

        Assert.True(_test.Store.Remark(running, "It may hang.", isWarning: true));
        Assert.False(_test.Store.Remark(queued, "It may hang.", isWarning: true));

        Assert.Equal((RunStatus.Running, "It may hang."), (_test.Store.Find(running)!.Status, _test.Store.Find(running)!.Reason));
        Assert.True(_test.Store.ReadLog(running, 0)[^1] is { Text: "It may hang.", IsWarning: true });
    }

    [Fact]
    public void WhyAWorkerIsKilled_StandsInTheRow_UntilTheRunHasEnded()
    {
        var id = _test.Running();

        Assert.True(_test.Store.Condemn(id, "it was asked to stop at once"));
        Assert.Equal("it was asked to stop at once", _test.Store.Find(id)!.KillReason);
        Assert.Contains("it was asked to stop at once", _test.Store.ReadLog(id, 0)[^1].Text, StringComparison.Ordinal);

        _test.Store.TryTransition(id, RunStatus.Running, RunStatus.Stopped, "");
        Assert.Null(_test.Store.Find(id)!.KillReason);
    }

    private RunId In(RunStatus status)
    {
        var id = _test.Queued();
        if (status != RunStatus.Queued)
        {
            _test.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        }

        if (status.IsEnded())
        {
            Assert.True(_test.Store.TryTransition(id, RunStatus.Running, status, ""));
        }

        return id;
    }
}
