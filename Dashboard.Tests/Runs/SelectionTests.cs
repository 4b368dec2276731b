using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>Many runs read at once are what they are one by one.</summary>
public sealed class SelectionTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void FindAll_KeepsTheOrder_AndLeavesOutWhatIsGone()
    {
        var ids = Enumerable.Range(0, 4).Select(_ => Scored(2)).ToArray();
        _test.Store.Trash([ids[1]], deleted: true);
        _test.Store.Delete(ids[2]);
        var found = _test.Store.FindAll([ids[3], RunId.New(TimeProvider.System), ids[2], ids[1], ids[0]]);
        Assert.Equal([_test.Store.Find(ids[3])!, _test.Store.Find(ids[0])!], found);
        Assert.Empty(_test.Store.FindAll([]));
    }

    [Fact]
    public void Scores_AreThoseReadOneByOne()
    {
        RunId[] ids = [Scored(3), _test.Queued(), Scored(1)];
        var runs = _test.Store.FindAll(ids);
        var scores = _test.Store.ReadScores(runs, Evaluated.OwnSet);
        Assert.Equal([3 * 2, 0, 1 * 2], scores.Select(item => item.Evaluations.Count));
        foreach (var (run, found) in runs.Zip(scores))
        {
            Assert.Equal(_test.Store.ReadEvaluations(run.Id, -1), found.Evaluations);
            Assert.Equal(_test.Store.Environments(run.Id), found.Environments);
            Assert.Equal(run.Step == 0 ? [] : _test.Store.ReadSequences(run.Id, Evaluated.OwnSet, run.Step), found.Sequences);
        }

        Assert.Equal(4, scores[0].Sequences.Count);
    }

    [Fact]
    public void Scores_EndAtTheStepThatTheRowTells()
    {
        var id = Scored(3);
        var run = _test.Store.Find(id)! with { Step = 25 };
        var scores = Assert.Single(_test.Store.ReadScores([run], Evaluated.OwnSet));
        Assert.Equal([10L, 10, 20, 20], scores.Evaluations.Select(item => item.Step));
        Assert.Equal(_test.Store.ReadSequences(id, Evaluated.OwnSet, 20), scores.Sequences);
    }

    [Fact]
    public void Scores_OfARunThatIsGone_AreNone()
    {
        var run = _test.Store.Find(Scored(1))!;
        _test.Store.Delete(run.Id);
        var scores = Assert.Single(_test.Store.ReadScores([run], Evaluated.OwnSet));
        Assert.Equal((0, 0, 0), (scores.Evaluations.Count, scores.Sequences.Count, scores.Environments.Count));
    }

    [Fact]
    public void Summaries_SayWhatTheResultOfEachRunSays()
    {
        var runs = _test.Store.FindAll([Scored(2), Scored(1)]);
        var together = RunResult.ReadSummaries(_test.Store, runs);
        foreach (var (run, result) in runs.Zip(together))
        {
            var alone = RunResult.Read(_test.Store, run, ResultDetail.Everything);
            Assert.Equal(alone.Run, result.Run);
            Assert.Equal(alone.Evaluations, result.Evaluations);
            Assert.Equal(alone.Environments, result.Environments);
            Assert.Equal(alone.Final.Select(item => item.Summary), result.Final.Select(item => item.Summary));
            Assert.Equal(alone.Final[0].Sequences, result.Final[0].Sequences);
        }
    }

    [Fact]
    public void SuiteReadAgain_ReadsOnlyWhatHasChanged()
    {
        var (suite, running) = SampleSuites.Fill(_test.Store, _test.Clock, "/suites/noise.toml");
        var before = _test.Store.RunsOf(suite.Id);
        _test.Store.Append(running, [TestStore.Point(399, 5)]);
        _test.Store.Trash([before[0].Id], deleted: true);
        var after = _test.Store.RunsOf(suite.Id, before);
        Assert.Equal(_test.Store.RunsOf(suite.Id), after);
        Assert.Equal(before.Count - 1, after.Count);
        var changed = Assert.Single(after, run => !before.Any(former => ReferenceEquals(former, run)));
        Assert.Equal((running, 399L), (changed.Id, changed.Step));
    }

    [Fact]
    public void SuiteThatWasRenamed_TellsItsNewNameInEveryRun()
    {
        var (suite, _) = SampleSuites.Fill(_test.Store, _test.Clock, "/suites/noise.toml");
        var before = _test.Store.RunsOf(suite.Id);
        _test.Store.QueueSuite(new SuiteText("another", suite.File, suite.Source, false), [], []);
        Assert.All(_test.Store.RunsOf(suite.Id, before), run => Assert.Equal("another", run.Suite!.Name));
    }

    /// <summary>A completed run with evaluations of two sets every 10 steps, of two sequences with two classes each.</summary>
    private RunId Scored(int evaluations)
    {
        var id = _test.Running();
        _test.Store.Append(id, [new Started(0, 100, 1000, 64, 4, 1, false, "cpu") { Machine = RunEnvironment.Here(new TrainingOptions()) }]);
        foreach (var step in Enumerable.Range(1, evaluations).Select(i => 10L * i))
        {
            SequenceLoss[] rows = [.. Enumerable.Range(0, 4).Select(i => new SequenceLoss(i / 2, i % 2 == 0 ? TokenClass.Signal : TokenClass.Noise, 3 + (0.1 * i) - (0.01 * step), 5 + i))];
            _test.Store.Append(id, [new Measured(step, step, [new MetricPoint(TrainingMetrics.TrainLoss.Name, step, 4)]), new Evaluated(step, Evaluated.OwnSet, 3.5, 3.4, 3.6, rows), new Evaluated(step, "other", 3.7, 3.6, 3.8, rows)]);
        }

        _test.Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }
}
