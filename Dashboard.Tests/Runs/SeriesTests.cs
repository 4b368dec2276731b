using System.Runtime.InteropServices;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class SeriesTests : IDisposable
{
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(20_000)]
    public void Series_OfAnyLength_ReadsBackAsAppended(int points)
    {
        var id = _test.Running();
        var random = new Random(1);
        var events = Enumerable.Range(0, points).Select(i => TestStore.Point(i * 3, random.NextDouble())).ToList();

        foreach (var batch in events.Chunk(777))
        {
            Store.Append(id, batch);
        }

        var series = Store.ReadSeries(id, "train.loss", -1);
        Assert.Equal(events.Select(point => point.Step), series.Steps);
        Assert.Equal(events.Select(point => point.Points[0].Value), series.Values);
        Assert.Equal(points / SeriesWriter.ChunkPoints, Count("chunk"));
        Assert.Equal(points % SeriesWriter.ChunkPoints, Count("tail"));
    }

    [Fact]
    public void OneLargeBatch_IsSealedInSeveralChunks()
    {
        var id = _test.Running();

        Store.Append(id, [.. Enumerable.Range(1, 10_000).Select(step => TestStore.Point(step, step))]);

        Assert.Equal(2, Count("chunk"));
        Assert.Equal(Enumerable.Range(1, 10_000).Select(step => (long)step), Store.ReadSeries(id, "train.loss", -1).Steps);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(6000)]
    [InlineData(9999)]
    [InlineData(10_000)]
    public void Reading_AfterAStep_GivesExactlyTheRest(long after)
    {
        var id = _test.Running();
        Store.Append(id, [.. Enumerable.Range(0, 10_001).Select(step => TestStore.Point(step, -step))]);

        var series = Store.ReadSeries(id, "train.loss", after);

        Assert.Equal(10_000 - after, series.Count);
        Assert.All(series.Steps.Zip(series.Values), pair => Assert.Equal(-pair.First, pair.Second));
        Assert.Equal(10_000, series.LastStepOr(after));
    }

    [Fact]
    public async Task AReader_MeetsEveryPointOnce_WhileAWriterSealsChunks()
    {
        var id = _test.Running();
        using var other = _test.Reopen();
        var writing = Task.Run(
            () =>
            {
                foreach (var batch in Steps(0, 29_999).Chunk(500))
                {
                    Store.Append(id, [.. batch.Select(step => TestStore.Point(step, step))]);
                }
            },
            TestContext.Current.CancellationToken);
        var seen = new List<long>();
        while (seen.Count < 30_000)
        {
            var all = other.ReadSeries(id, "train.loss", -1);
            Assert.Equal(Steps(0, all.Count - 1), all.Steps);
            seen.AddRange(other.ReadSeries(id, "train.loss", seen.Count - 1).Steps);
            Assert.False(writing.IsFaulted);
        }

        await writing;
        Assert.Equal(Steps(0, 29_999), seen);
    }

    [Fact]
    public void NotANumberAndInfinities_SurviveInTailAndChunk()
    {
        var id = _test.Running();
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue];
        Store.Append(id, [.. Enumerable.Range(0, 5000).Select(step => TestStore.Point(step, odd[step % odd.Length]))]);

        var values = Store.ReadSeries(id, "train.loss", -1).Values;

        Assert.Equal(Enumerable.Range(0, 5000).Select(step => odd[step % odd.Length]), values);
    }

    [Fact]
    public void ASeriesOfNothingButNaN_CanBeSealed()
    {
        var id = _test.Running();

        Store.Append(id, [.. Enumerable.Range(0, 4096).Select(step => TestStore.Point(step, double.NaN))]);

        Assert.Equal(1, Count("chunk"));
        Assert.All(Store.ReadSeries(id, "train.loss", -1).Values, value => Assert.True(double.IsNaN(value)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(8192)]
    [InlineData(9000)]
    [InlineData(20_000)]
    public void Truncate_CutsChunksProperly_AndTrainingGoesOn(long keep)
    {
        var id = _test.Running();
        Store.Append(id, [.. Enumerable.Range(1, 10_000).Select(step => TestStore.Point(step, step))]);

        Store.TruncateAfter(id, keep);
        var kept = Math.Min(keep, 10_000);
        Assert.Equal(Steps(1, kept), Store.ReadSeries(id, "train.loss", -1).Steps);

        Store.Append(id, [.. Steps(kept + 1, kept + 9000).Select(step => TestStore.Point(step, -step))]);
        var series = Store.ReadSeries(id, "train.loss", -1);
        Assert.Equal(Steps(1, kept + 9000), series.Steps);
        Assert.All(series.Steps.Zip(series.Values), pair => Assert.Equal(pair.First <= kept ? pair.First : -pair.First, pair.Second));
        Assert.Equal(Count("tail"), Convert.ToInt64(Scalar("SELECT sum(tail_count) FROM series")));
    }

    [Fact]
    public void Truncate_TakesEvaluationsSnapshotsAndCheckpoints_AndSetsTheRowBack()
    {
        var id = _test.Running();
        foreach (var step in (long[])[10, 20])
        {
            Store.Append(
                id,
                [
                    new Measured(step, step, [new("train.loss", step, step / 100.0), new("tokensPerSecond", step, step), new("elapsed", step, step * 2)]) { Snapshots = [new("gate", step, [1, 2])] },
                    new Evaluated(step, "held-out", step / 10.0, 0.5, 1.5, [new SequenceLoss(0, TokenClass.Plain, 1, 4)]),
                    new CheckpointSaved(step, $"step-{step}", 5),
                ]);
        }

        Store.TruncateAfter(id, 10);

        var run = Store.Find(id)!;
        Assert.Equal((10, 0.1, 1.0, 10.0, 20.0), (run.Step, run.TrainLoss, run.EvalLoss, run.TokensPerSecond, run.Elapsed));
        Assert.Equal([10], Store.ReadEvaluations(id, -1).Select(evaluation => evaluation.Step));
        Assert.Equal([10], Store.ReadSnapshots(id, "gate", -1).Select(snapshot => snapshot.Step));
        Assert.Equal([10], Store.Checkpoints(id).Select(checkpoint => checkpoint.Step));
        Assert.Empty(Store.ReadSequences(id, "held-out", 20));
        Assert.Equal([10], Store.ReadSeries(id, "eval.loss", -1).Steps);
        Assert.Contains("after step 10", Store.ReadLog(id, 0)[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Started_AtAnEarlierStep_RemovesWhatCameAfterIt()
    {
        var id = _test.Running();
        Store.Append(id, [.. Enumerable.Range(1, 5000).Select(step => TestStore.Point(step, 1))]);

        Store.Append(id, [TestStore.Point(5001, 1), new Started(4500, 6000, 10, 256, 5, null, false, "cpu"), TestStore.Point(4501, 2)]);

        var series = Store.ReadSeries(id, "train.loss", -1);
        Assert.Equal(Steps(1, 4501), series.Steps);
        Assert.Equal((1, 2), (series.Values[^2], series.Values[^1]));
        Assert.Equal((4501, 2), (Store.Find(id)!.Step, Store.Find(id)!.TrainLoss));
    }

    [Fact]
    public void APoint_OfAStepThatIsSealedAlready_ReplacesTheOldOne()
    {
        var id = _test.Running();
        Store.Append(id, [.. Enumerable.Range(0, 5000).Select(step => TestStore.Point(step, 1))]);

        Store.Append(id, [TestStore.Point(100, 7), TestStore.Point(4999, 8)]);

        var series = Store.ReadSeries(id, "train.loss", -1);
        Assert.Equal(5000, series.Count);
        Assert.Equal((7, 8), (series.Values[100], series.Values[4999]));
    }

    [Fact]
    public void Metrics_ListsWhatHasPoints()
    {
        var (first, second) = (_test.Running(), _test.Running());
        Store.Append(first, [TestStore.Point(1, 1, "layer0.gateMean"), TestStore.Point(1, 1)]);
        Store.Append(second, [TestStore.Point(1, 1)]);

        Assert.Equal(["layer0.gateMean", "train.loss"], Store.Metrics(first));
        Assert.Equal(["train.loss"], Store.Metrics(second));
        Store.TruncateAfter(second, 0);
        Assert.Empty(Store.Metrics(second));
    }

    [Fact]
    public void Snapshots_ReadBackAsAppended()
    {
        var id = _test.Running();
        float[] values = [1.5f, float.NaN, float.NegativeInfinity, -0f];
        Store.Append(id, [new Measured(3, 3, []) { Snapshots = [new MetricSnapshot("gate", 3, values), new MetricSnapshot("empty", 3, [])] }]);

        Assert.Equal(MemoryMarshal.AsBytes<float>(values), MemoryMarshal.AsBytes<float>(Store.ReadSnapshots(id, "gate", -1).Single().Values));
        Assert.Empty(Store.ReadSnapshots(id, "empty", -1).Single().Values);
        Assert.Empty(Store.ReadSnapshots(id, "gate", 3));
    }

    [Fact]
    public void Evaluations_KeepEverySequence_AndOnlyTheHeldOutSetReachesTheRow()
    {
        var id = _test.Running();
        SequenceLoss[] rows = [new(0, TokenClass.Signal, 0.25, 3), new(0, TokenClass.Noise, double.NaN, 5), new(1, TokenClass.Signal, 4, 8)];
        Store.Append(id, [new Evaluated(50, "held-out", 2.5, 2.25, 2.75, rows), new Evaluated(50, "noisy", 9, 8, 10, [])]);

        Assert.Equal([new EvaluationRecord(50, "held-out", 2.5, 2.25, 2.75), new EvaluationRecord(50, "noisy", 9, 8, 10)], Store.ReadEvaluations(id, -1));
        Assert.Equal(rows, Store.ReadSequences(id, "held-out", 50));
        var run = Store.Find(id)!;
        Assert.Equal((2.5, 2.25, 2.75), (run.EvalLoss, run.EvalLow, run.EvalHigh));
        Assert.Equal([2.5], Store.ReadSeries(id, "eval.loss", -1).Values);
    }

    [Fact]
    public void TheRow_KeepsTheLatestFiniteValues()
    {
        var id = _test.Running();
        Store.Append(id, [new Started(0, 100, 12_345, 256, 5.5, null, false, "cpu, 1 thread")]);
        Store.Append(id, [TestStore.Point(1, 3), TestStore.Point(2, 2.5)]);
        Store.Append(id, [TestStore.Point(3, double.NaN)]);

        var run = Store.Find(id)!;
        Assert.Equal((3, 2.5, 12_345, 5.5, null, false), (run.Step, run.TrainLoss, run.Parameters, run.Chance, run.Floor, run.SeesTheFuture));
        Assert.Equal("Training begins at step 0 of 100. cpu, 1 thread", Store.ReadLog(id, 0)[^1].Text);
    }

    private static IEnumerable<long> Steps(long first, long last)
    {
        for (var step = first; step <= last; step++)
        {
            yield return step;
        }
    }

    private long Count(string table) => Convert.ToInt64(Scalar($"SELECT count(*) FROM {table}"));

    private object? Scalar(string sql) => Store.Database.ReadRaw(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    });
}
