using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>The store's SQL beside the plain form, run by run.</summary>
public sealed class FilterStoreTests : IDisposable
{
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void AnyFilter_FindsWhatThePlainFormFinds()
    {
        var all = Fill();
        var random = new Random(11);
        var found = 0;
        for (var i = 0; i < 400; i++)
        {
            var text = Text(random, 3);
            var filter = FilterReading.Of(text).OrThrow(text);
            var expected = all.Where(run => run.DeletedAt is not null ? filter!.Mentions(RunMark.Deleted) : run.ArchivedAt is null || filter!.Mentions(RunMark.Archived))
                .Where(run => SlowFilter.Matches(filter!, run, _test.Clock.GetUtcNow())).Select(run => run.Id.Value).Order(StringComparer.Ordinal);
            var actual = Store.Query(new RunQuery { Filter = filter, Limit = 1000 });
            Assert.True(expected.SequenceEqual(actual.Runs.Select(run => run.Id.Value).Order(StringComparer.Ordinal)), text);
            Assert.Equal(actual.Runs.Count, actual.Total);
            found += actual.Total is > 0 and < 30 ? 1 : 0;
        }

        Assert.True(found > 100, $"Only {found} filters found some runs and not all.");
    }

    [Fact]
    public void Values_AreNeverReadAsSql()
    {
        var id = _test.Queued(("name", "it's"), ("tags", "a'b\"c,x%_"));

        foreach (var text in (string[])["\"it's\"", "name:\"it's\"", "tag:\"x%_\""])
        {
            Assert.Equal([id], Ids(text));
        }

        foreach (var text in (string[])["\"' OR 1=1 --\"", "name:\"'); DROP TABLE run; --\"", "tag:%", "id:%", "suite:\"x' OR '1'='1\"", "name:__"])
        {
            Assert.Empty(Ids(text));
        }

        Assert.Equal(1, Store.Query(new RunQuery()).Total);
    }

    [Fact]
    public void EveryOrder_SortsBothWays_UnknownLast_AndPagesJoin()
    {
        var all = Fill().Where(run => run.ArchivedAt is null && run.DeletedAt is null).ToArray();
        foreach (var order in Enum.GetValues<RunOrder>())
        {
            foreach (var descending in (bool[])[false, true])
            {
                var query = new RunQuery { Order = order, Descending = descending, Limit = 7 };
                var ids = Store.Ids(query);
                Assert.Equal(all.Length, ids.Distinct().Count());
                Assert.Equal(ids, Enumerable.Range(0, (all.Length / 7) + 1).SelectMany(page => Store.Query(query with { Offset = 7 * page }).Runs).Select(run => run.Id));
            }
        }

        var losses = Store.Query(new RunQuery { Order = RunOrder.TrainLoss, Limit = 1000 }).Runs.Select(run => run.TrainLoss).ToArray();
        Assert.Equal(losses.Where(loss => loss is not null).Order().Concat(losses.Where(loss => loss is null)), losses);
        var rates = Store.Query(new RunQuery { Order = RunOrder.LearningRate, Descending = true, Limit = 1000 }).Runs.Select(run => run.Spec.Training.LearningRate).ToArray();
        Assert.Equal(rates.OrderDescending(), rates);
    }

    [Fact]
    public void Groups_CountWhatTheirRunsAre_AndAverageOverSeedsAlone()
    {
        var all = Fill().Where(run => run.ArchivedAt is null && run.DeletedAt is null).ToArray();
        foreach (var grouping in Enum.GetValues<RunGrouping>().Where(grouping => grouping != RunGrouping.None))
        {
            var groups = Store.Groups(new RunQuery { Grouping = grouping });
            Assert.Equal(all.Length, groups.Sum(group => group.Count));
            var lines = Store.Query(new RunQuery { Grouping = grouping, Order = RunOrder.Newest, Limit = 1000 }).Runs;
            Assert.Equal(groups.SelectMany(group => Enumerable.Repeat(group.Key, group.Count)), lines.Select(run => KeyOf(run, grouping, groups)));
            var open = Store.Query(new RunQuery { Grouping = grouping, Collapsed = [groups[0].Key], Limit = 1000 });
            Assert.Equal(all.Length - groups[0].Count, open.Total);
        }

        var families = Store.Groups(new RunQuery { Grouping = RunGrouping.Family });
        foreach (var group in families)
        {
            var losses = all.Where(run => RunSpecJson.Family(run.Spec) == group.Key && run is { Status: RunStatus.Completed, EvalLoss: not null }).Select(run => run.EvalLoss!.Value).ToArray();
            Assert.Equal(losses.Length, group.Seeds);
            if (losses.Length > 1)
            {
                var mean = losses.Average();
                Assert.Equal(mean, group.Mean, 1e-12);
                Assert.Equal(Math.Sqrt(losses.Sum(loss => Math.Pow(loss - mean, 2)) / (losses.Length - 1)), group.Deviation, 1e-6);
            }
        }

        Assert.Contains(families, group => group.Seeds > 1);
    }

    [Fact]
    public void ADeletedRun_IsHiddenEverywhere_UntilItIsTakenBack()
    {
        var (deleted, kept, queued) = (_test.Running(), _test.Running(), _test.Queued());
        Store.Append(deleted, [new Evaluated(1, Evaluated.OwnSet, 3, 3, 3, [])]);
        Assert.True(Store.TryTransition(deleted, RunStatus.Running, RunStatus.Paused, ""));

        Assert.Equal([deleted], Store.Trash([deleted, kept, queued, new RunId("000000000000")], deleted: true));

        Assert.Null(Store.Find(deleted));
        Assert.Empty(Store.FindNamed(deleted.Value, 5));
        Assert.Equal(2, Store.Query(new RunQuery { Archived = null }).Total);
        Assert.Equal(0, Store.Tally()[RunStatus.Paused]);
        Assert.False(Store.TryTransition(deleted, RunStatus.Paused, RunStatus.Queued, ""));
        Assert.False(Store.Archive(deleted, archived: true));
        Assert.Equal([deleted], Ids("is:deleted"));
        Assert.NotNull(Assert.Single(RunTrash.Find(Store)).DeletedAt);
        Assert.Empty(Store.Trash([deleted], deleted: true));

        Assert.Equal([deleted], Store.Trash([deleted], deleted: false));
        Assert.Equal((RunStatus.Paused, 3.0), (Store.Find(deleted)!.Status, Store.Find(deleted)!.EvalLoss));
        Assert.Empty(Ids("is:deleted"));
    }

    [Theory]
    [InlineData("is:deleted", true)]
    [InlineData("oak is:deleted", true)]
    [InlineData("(is:deleted oak) or (is:deleted elm)", true)]
    [InlineData("-is:deleted", false)]
    [InlineData("oak or is:deleted", false)]
    [InlineData("", false)]
    public void AFilter_IsOfTheTrash_WhenAllThatItFindsIsDeleted(string text, bool isRequired) => Assert.Equal(isRequired, FilterReading.Of(text).OrThrow(text)?.Requires(RunMark.Deleted) == true);

    [Fact]
    public void WhatIsNotDeleted_IsTheUsualList_WithoutArchivedRuns()
    {
        var (kept, archived, deleted) = (Ended(), Ended(), Ended());
        Store.Archive(archived, archived: true);
        Store.Trash([deleted], deleted: true);

        Assert.Equal([kept], Ids("-is:deleted"));
        Assert.Equal([deleted], Ids("is:deleted"));
        Assert.Equal(new HashSet<RunId> { deleted, kept }, Ids("is:deleted or gqa").ToHashSet());
    }

    [Fact]
    public void ADeviceOfAKind_IsFoundByItsKind_InAnyCase()
    {
        var cuda = Store.Create(RunSpecReader.ReadUnchecked([new("architecture.id", "gqa"), new("dataset.id", "sparse_signal"), new("training.device", "cuda:1")]).Spec).Id;
        var cpu = _test.Queued();

        Assert.Equal([cuda], Ids("device:cuda"));
        Assert.Equal([cuda], Ids("device:CUDA:1"));
        Assert.Empty(Ids("device:cuda:0"));
        Assert.Equal([cpu], Ids("device:CPU"));
    }

    private RunId Ended()
    {
        var id = _test.Running();
        Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }

    [Fact]
    public void TheTrash_IsEmptiedOfWhatIsOldEnough_WithItsFiles()
    {
        var (old, young) = (_test.Running(), _test.Running());
        foreach (var id in (RunId[])[old, young])
        {
            Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
            Directory.CreateDirectory(_test.Folder.CheckpointsOf(id.Value));
            Directory.CreateDirectory(_test.Folder.Workers);
            File.WriteAllText(Path.Combine(_test.Folder.Workers, $"{id}.log"), "log");
        }

        Store.Trash([old], deleted: true);
        _test.Clock.Advance(RunTrash.Kept);
        Store.Trash([young], deleted: true);
        Assert.Empty(Leftovers.Find(_test.Folder, Store, _test.Clock));
        Assert.Equal([old], RunTrash.Empty(Store, _test.Folder, _test.Clock.GetUtcNow() - RunTrash.Kept).Gone.Select(run => run.Id));

        Assert.Equal([young], RunTrash.Find(Store).Select(run => run.Id));
        Assert.Equal((false, true), (Directory.Exists(_test.Folder.CheckpointsOf(old.Value)), Directory.Exists(_test.Folder.CheckpointsOf(young.Value))));
        Assert.Equal([young], RunTrash.Empty(Store, _test.Folder, _test.Clock.GetUtcNow()).Gone.Select(run => run.Id));
        Assert.Empty(Directory.GetFiles(_test.Folder.Workers));
        Assert.Empty(Store.Trash([young], deleted: false));
    }

    private RunId[] Ids(string text) => [.. Store.Query(new RunQuery { Filter = FilterReading.Of(text).OrThrow(text) }).Runs.Select(run => run.Id)];

    private static string KeyOf(RunRecord run, RunGrouping grouping, IReadOnlyList<RunGroup> groups) => grouping switch
    {
        RunGrouping.Architecture => run.Spec.Architecture.Id,
        RunGrouping.Dataset => run.Spec.Dataset.Id,
        RunGrouping.Status => run.Status.ToString(),
        RunGrouping.Tags => groups.Single(group => group.Title == string.Join(", ", run.Spec.Tags)).Key,
        RunGrouping.Suite => groups.Single(group => group.Title == (run.Suite?.Name ?? "")).Key,
        _ => RunSpecJson.Family(run.Spec),
    };

    /// <summary>Sixty runs that differ in everything a filter can ask for.</summary>
    private List<RunRecord> Fill()
    {
        var random = new Random(3);
        RunStatus[] ends = [RunStatus.Completed, RunStatus.Completed, RunStatus.Failed, RunStatus.Paused, RunStatus.Stopped, RunStatus.Diverged, RunStatus.Running, RunStatus.Queued];
        string[] tags = ["", "sweep", "sweep,two words", "old"];
        var ids = new List<RunId>();
        for (var i = 0; i < 60; i++)
        {
            var id = _test.Queued(
                ("name", i % 7 == 0 ? $"Größe {i}" : $"oak-{i % 5}"), ("seed", $"{i / 4}"), ("architecture.id", i % 3 == 0 ? "mig" : "gqa"), ("tags", tags[i % tags.Length]),
                ("training.learningRate", i % 2 == 0 ? "1e-3" : "3e-4"), ("training.steps", $"{100 * (1 + (i % 3))}"), ("shape.width", i % 5 == 0 ? "64" : "128"));
            _test.Clock.Advance(TimeSpan.FromHours(random.Next(1, 30)));
            Train(id, ends[i % ends.Length], random);
            ids.Add(id);
        }

        var suite = Store.QueueSuite(new SuiteText("Übung Noise grid", "/suites/noise.toml", "", false), [], [(ids[1], 0), (ids[4], 1), (ids[9], 2)]);
        Assert.Empty(suite.Added);
        Store.SetPriority(ids[7], 5);
        foreach (var (index, id) in ids.Index().Where(item => item.Index % 11 == 0))
        {
            Store.Archive(id, archived: true);
        }

        Store.Trash([.. ids.Where((_, index) => index % 9 == 0)], deleted: true);
        return [.. Store.Query(new RunQuery { Filter = FilterReading.Of("is:deleted or -is:deleted").Filter, Archived = null, Limit = 1000 }).Runs];
    }

    private void Train(RunId id, RunStatus end, Random random)
    {
        if (end == RunStatus.Queued)
        {
            return;
        }

        Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        if (random.Next(4) > 0)
        {
            var step = random.Next(1, 100);
            Store.Append(id, [new Started(0, 100, 400_000 + random.Next(1_000_000), 64, 8.3, random.Next(2) == 0 ? 6.1 : null, random.Next(3) == 0, "cpu")]);
            Store.Append(id, [TestStore.Point(step, 5 + random.NextDouble()), TestStore.Point(step, 100 * random.NextDouble(), "train.tokens_per_second")]);
            var loss = 6 + (2.5 * random.NextDouble());
            Store.Append(id, [new Evaluated(step, Evaluated.OwnSet, loss, loss - 0.1, loss + 0.1, [])]);
        }

        if (end != RunStatus.Running)
        {
            Store.TryTransition(id, RunStatus.Running, end, "");
        }
    }

    private static string Text(Random random, int depth)
    {
        string[] terms =
        [
            "oak", "größe", "GQA", "\"oak-1\"", "arch:mig", "arch!=mig", "dataset:sparse_signal,text", "status:failed,done", "status!=queued", "is:archived", "is:live", "is:not-learned", "is:sees-the-future", "is:imported",
            "is:deleted", "tag:sweep", "tag:\"two words\",old", "tag!=sweep", "suite:noise", "suite:NOISE", "suite:Übung", "suite:übung", "device:CPU", "device:cuda", "-is:deleted", "name:oak-1", "name:gqa", "name:größe", "id:0", "device:cpu", "loss<7", "loss>=7.5", "train:5..5.5", "gap>50%", "gap<=0", "progress<50%",
            "speed>50", "seed:1,3..5", "seed>9", "params>1M", "params!=7", "lr:3e-4", "lr<1e-3", "width:64", "layers:8", "batch:4", "context>=128", "step>50", "steps:200", "priority>0", "age<7d", "age>20h", "time<1s",
        ];
        return depth == 0 || random.Next(3) == 0 ? terms[random.Next(terms.Length)]
            : random.Next(4) switch
            {
                0 => $"-({Text(random, depth - 1)})",
                1 => $"({Text(random, depth - 1)} or {Text(random, depth - 1)})",
                2 => $"{Text(random, depth - 1)} {Text(random, depth - 1)}",
                _ => $"not {terms[random.Next(terms.Length)]}",
            };
    }
}
