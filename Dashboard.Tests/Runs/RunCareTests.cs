using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>What people do with runs: order in the queue, labels, archive, size.</summary>
public sealed class RunCareTests : IDisposable
{
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void TheQueue_TakesTheHighestPriorityFirst_ThenTheFirstInLine()
    {
        var runs = Enumerable.Range(0, 5).Select(_ => _test.Queued()).ToArray();

        Assert.True(Store.SetPriority(runs[3], 2));
        Assert.True(Store.SetPriority(runs[1], -1));
        Assert.True(Store.Move(runs[4], toFront: true));
        Assert.True(Store.Move(runs[0], toFront: false));

        Assert.Equal([runs[3], runs[4], runs[2], runs[0], runs[1]], Order());
        Assert.Equal(Order(), Ids(new RunQuery { Statuses = [RunStatus.Queued], Order = RunOrder.Turn }));
        Assert.Equal(Order(), Ids(new RunQuery { Statuses = [RunStatus.Queued], Order = RunOrder.Turn, Descending = true }).Reverse());
        Assert.Equal(2, Store.Find(runs[3])!.Priority);
    }

    [Fact]
    public void ARun_GoesToTheEndOfTheQueue_WhenItIsQueuedAgain()
    {
        var first = _test.Running();
        var others = new[] { _test.Queued(), _test.Queued() };
        Store.TryTransition(first, RunStatus.Running, RunStatus.Paused, "");
        Store.TryTransition(first, RunStatus.Paused, RunStatus.Queued, "Resumed.");
        var last = _test.Queued();

        Assert.Equal([.. others, first, last], Order());
    }

    [Fact]
    public void AnyOrderOfMoves_LeavesEveryRunInTheQueueOnce_InTheOrderOfASlowList()
    {
        var random = new Random(5);
        var slow = Enumerable.Range(0, 12).Select(_ => _test.Queued()).ToList();
        for (var move = 0; move < 60; move++)
        {
            var id = slow[random.Next(slow.Count)];
            var toFront = random.Next(2) == 0;
            Assert.True(Store.Move(id, toFront));
            slow.Remove(id);
            slow.Insert(toFront ? 0 : slow.Count, id);
        }

        Assert.Equal(slow, Order());
    }

    [Fact]
    public void OnlyAQueuedRun_IsMoved()
    {
        Assert.False(Store.Move(_test.Running(), toFront: true));
        Assert.False(Store.SetPriority(RunId.New(_test.Clock), 1));
    }

    [Fact]
    public void AnArchivedRun_IsNotInTheList_UnlessAskedFor()
    {
        var (kept, archived) = (Ended(), Ended());

        Assert.True(Store.Archive(archived, archived: true));
        Assert.False(Store.Archive(archived, archived: true));

        Assert.Equal([kept], Ids(new RunQuery()));
        Assert.Equal([archived], Ids(new RunQuery { Archived = true }));
        Assert.Equal([archived, kept], Ids(new RunQuery { Archived = null }));
        Assert.Equal(_test.Clock.GetUtcNow(), Store.Find(archived)!.ArchivedAt);
        Assert.Equal(1, Store.Tally()[RunStatus.Completed]);
        Assert.True(Store.Archive(archived, archived: false));
        Assert.Equal([archived, kept], Ids(new RunQuery()));
    }

    [Fact]
    public void WhatIsQueuedOrRunning_IsNotArchived_AndComesBackWhenItIsQueuedAgain()
    {
        Assert.False(Store.Archive(_test.Queued(), archived: true));
        Assert.False(Store.Archive(_test.Running(), archived: true));
        var id = Ended();
        Store.Archive(id, archived: true);

        Store.TryTransition(id, RunStatus.Completed, RunStatus.Queued, "From the start again.");

        Assert.Null(Store.Find(id)!.ArchivedAt);
    }

    [Fact]
    public void AnEdit_ReachesEveryProcess_AndChangesNoNumber()
    {
        var id = _test.Queued(("name", "before"), ("tags", "old"), ("training.steps", "12"));
        using var other = _test.Reopen();
        var seen = other.Find(id)!;

        var edit = Store.Edit(id, seen.Edition, new RunLabels(" After ", ["new", "Größe", "new"], "two\nlines"));

        Assert.True(edit.IsDone);
        var found = other.Find(id)!;
        Assert.Equal(("After", "new Größe", "two\nlines"), (found.Spec.Name, string.Join(' ', found.Spec.Tags), found.Spec.Notes));
        Assert.Equal((seen.SpecHash, RunSpecJson.Hash(found.Spec), 12L), (found.SpecHash, found.SpecHash, found.Spec.Training.Steps));
        Assert.Equal([id], Ids(new RunQuery { Filter = FilterReading.Of("after größe").Filter }));
        Assert.Empty(Ids(new RunQuery { Filter = FilterReading.Of("before").Filter }));
    }

    [Fact]
    public void AnEdit_OfWhatSomebodyElseHasEdited_IsRefused_AndSaysWhatIsThereNow()
    {
        var id = _test.Queued(("name", "before"));
        var seen = Store.Find(id)!.Edition;
        Assert.True(Store.Edit(id, seen, new RunLabels("theirs", [], "")).IsDone);

        var late = Store.Edit(id, seen, new RunLabels("mine", [], ""));

        Assert.False(late.IsDone);
        Assert.Equal("theirs", late.Now!.Spec.Name);
        Assert.True(Store.Edit(id, late.Now.Edition, new RunLabels("mine", [], "")).IsDone);
        Assert.Null(Store.Edit(RunId.New(_test.Clock), 0, new RunLabels("x", [], "")).Now);
    }

    [Fact]
    public void TrainingMeanwhile_DoesNotStaleAnEdit()
    {
        var id = _test.Running();
        var seen = Store.Find(id)!.Edition;
        Store.Append(id, [TestStore.Point(1, 2)]);
        Store.Heartbeat(id, 7);

        Assert.True(Store.Edit(id, seen, new RunLabels("renamed", [], "")).IsDone);
    }

    [Fact]
    public void LabelsThatAreNone_AreAllTold()
    {
        var error = Assert.Throws<SpecException>(() => Store.Edit(_test.Queued(), 0, new RunLabels(" ", ["a,b", "c\nd", "fine"], "")));

        Assert.Equal(["name", "tags", "tags"], error.Problems.Select(problem => problem.Path));
    }

    [Fact]
    public void TagAndArchitecture_FilterExactly()
    {
        var (wide, wider) = (_test.Queued(("tags", "wide,night")), _test.Queued(("tags", "wider"), ("architecture.id", "mig")));

        Assert.Equal([wide], Ids(new RunQuery { Tag = "wide" }));
        Assert.Equal([wide], Ids(new RunQuery { Tag = "night" }));
        Assert.Empty(Ids(new RunQuery { Tag = "wid" }));
        Assert.Empty(Ids(new RunQuery { Tag = "gqa" }));
        Assert.Equal([wider], Ids(new RunQuery { Architecture = "mig" }));
    }

    [Fact]
    public void ARun_IsFoundByItsId_ByTheBeginningOfIt_AndByItsName()
    {
        var (a, b) = (_test.Queued(("name", "Oak")), _test.Queued(("name", "oak tree")));
        _test.Queued(("name", a.Value));

        Assert.Equal([a], Named(a.Value));
        Assert.Equal([b], Named(b.Value[..11]));
        Assert.Equal([a], Named("oak"));
        Assert.Equal(3, Named(a.Value[..4]).Length);
        Assert.Empty(Named("%"));
        Assert.Empty(Named(""));
    }

    [Fact]
    public void TheSize_CountsPointsAndRows()
    {
        var id = _test.Running();
        var before = Store.SizeOf(id);
        Store.Append(id, [.. Enumerable.Range(1, 5000).Select(step => TestStore.Point(step, step))]);
        Store.Append(id, [new Evaluated(5000, "held-out", 1, 0.9, 1.1, [new SequenceLoss(0, 0, 1, 8), new SequenceLoss(1, 0, 1, 8)])]);

        var size = Store.SizeOf(id);

        // 5,001 points: 4,096 in one chunk, 904 losses and one evaluation loss in the tail; two rows of the evaluation and its summary.
        Assert.Equal((0, 5001), (before.Points, size.Points));
        Assert.Equal(before.Rows + 1 + 905 + 3, size.Rows);
        Assert.InRange(size.Bytes, before.Bytes + (4096 * 9) + (905 * 16), before.Bytes + (5001 * 40));
        Assert.Equal(new RunSize(0, 0, 0), Store.SizeOf(RunId.New(_test.Clock)));
    }

    private RunId Ended()
    {
        var id = _test.Running();
        Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }

    private List<RunId> Order()
    {
        var order = new List<RunId>();
        while (Store.NextQueued([], order) is { } next)
        {
            order.Add(next.Id);
        }

        return order;
    }

    private RunId[] Named(string text) => [.. Store.FindNamed(text, 10).Select(run => run.Id)];

    private RunId[] Ids(RunQuery query) => [.. Store.Query(query).Runs.Select(run => run.Id)];
}
