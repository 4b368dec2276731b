using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>Parts of series as pixel columns, against a plain loop over all points.</summary>
public sealed class SeriesColumnsTests : IDisposable
{
    private const string Metric = "train.loss";
    private readonly TestStore _test = new();

    private SqliteRunStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 4095, 0.9)]
    [InlineData(3, 4097, 0)]
    [InlineData(4, 12_345, 0.99)]
    [InlineData(5, 30_001, 0)]
    [InlineData(6, 60_007, 0.995)]
    [InlineData(7, 60_007, 0)]
    public void Columns_OfAnyRange_AreThoseOfAPlainLoop(int seed, int length, double smoothing)
    {
        var random = new Random(seed);
        var points = Series(random, length);
        var id = _test.Running();
        foreach (var batch in points.Chunk(5000))
        {
            Store.Append(id, [.. batch.Select(point => TestStore.Point(point.Step, point.Value))]);
        }

        var last = points[^1].Step;
        foreach (var (from, to, count) in new (double, double, int)[] { (0, last, 700), (0, last, 3), (0, last, 1), (last / 3.0, last / 2.0, 333), (last * 0.97, last * 1.5, 50), (5, 5, 1), (-10, -1, 4), (last + 1, last + 9, 5) })
        {
            var edges = StepColumns.Linear(from, to, count);
            Compare(points, Read(id, edges, smoothing, means: false), edges, smoothing);
            Compare(points, Read(id, edges, smoothing, means: true), edges, smoothing);
        }

        var logarithmic = StepColumns.Logarithmic(1, last + 1, 97);
        Compare(points, Read(id, logarithmic, smoothing, means: false), logarithmic, smoothing);
    }

    [Fact]
    public void ASpikeOfOneStep_InAMillionPoints_IsSeenAtEveryZoom()
    {
        const int length = 1_000_000;
        const long spike = 654_321;
        var id = _test.Running();
        for (var begin = 0; begin < length; begin += 50_000)
        {
            Store.Append(id, [.. Enumerable.Range(begin, 50_000).Select(step => TestStore.Point(step, step == spike ? 99 : step == spike + 4 ? double.PositiveInfinity : Math.Sin(step)))]);
        }

        for (var width = (double)length; width >= 2; width /= 3)
        {
            foreach (var columns in (int[])[1, 12, 200, 1000])
            {
                var from = Math.Max(0, spike - (width / 2));
                var read = Read(id, StepColumns.Linear(from, from + width, columns), 0, means: false);
                Assert.Contains(read.Columns, column => column.High == new LinePoint(spike, 99));
                Assert.Equal(length, read.Total);
                Assert.InRange(read.Columns.Count(), 1, columns);
            }
        }
    }

    [Fact]
    public async Task Columns_WhileAWriterAppends_AreThoseOfOneMoment()
    {
        const int length = 40_000;
        var id = _test.Running();
        var points = Enumerable.Range(0, length).Select(step => ((long)step, Math.Sin(step * 0.37))).ToArray();
        var writing = Task.Run(() =>
        {
            using var other = _test.Reopen();
            foreach (var batch in points.Chunk(611))
            {
                other.Append(id, [.. batch.Select(point => TestStore.Point(point.Item1, point.Item2))]);
            }
        }, TestContext.Current.CancellationToken);

        var edges = StepColumns.Linear(0, length, 37);
        var seen = new HashSet<long>();
        do
        {
            var read = Read(id, edges, 0.5, means: true);
            seen.Add(read.Total);
            Compare(points[..(int)read.Total], read, edges, 0.5);
        }
        while (!writing.IsCompleted);

        await writing;
        Assert.Equal(length, Read(id, edges, 0, means: false).Total);
        Assert.True(seen.Count > 1, "Nothing was read while the writer wrote.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(9000)]
    public void Columns_ReadInPart_AndAppended_AreThoseReadAtOnce(int first)
    {
        var points = Series(new Random(3), 9001);
        var id = _test.Running();
        Store.Append(id, [.. points.Take(first).Select(point => TestStore.Point(point.Step, point.Value))]);
        var edges = StepColumns.Linear(100, points[^1].Step * 0.9, 300);
        var live = Read(id, edges, 0.9, means: true);
        Store.Append(id, [.. points.Skip(first).Select(point => TestStore.Point(point.Step, point.Value))]);
        var rest = Store.ReadSeries(id, Metric, live.LastStep);
        live.Append(rest.Steps, rest.Values);

        Compare(points, live, edges, 0.9);
    }

    [Fact]
    public void ManyRuns_AreReadAtOnce_AndUnknownOnesStayEmpty()
    {
        var (one, two) = (_test.Running(), _test.Running());
        Store.Append(one, [TestStore.Point(1, 5), TestStore.Point(2, 7)]);
        Store.Append(two, [TestStore.Point(1, double.NaN)]);
        SeriesColumns Columns() => new(StepColumns.Linear(0, 10, 1));
        var parts = new[] { (one, Columns()), (RunId.New(_test.Clock), Columns()), (two, Columns()) };
        Store.ReadColumns(Metric, parts);

        Assert.Equal((new LinePoint(1, 5), new LinePoint(2, 7)), (parts[0].Item2.Columns.Single().Low, parts[0].Item2.Columns.Single().High));
        Assert.Equal((0, -1), (parts[1].Item2.Total, parts[1].Item2.LastStep));
        Assert.True(double.IsNaN(parts[2].Item2.Columns.Single().High.Y));
        var none = Columns();
        Store.ReadColumns("no.such.metric", [(one, none)]);
        Assert.Equal(0, none.Total);
    }

    /// <summary>Points at uneven steps, with holes of NaN, single infinities and spikes.</summary>
    private static (long Step, double Value)[] Series(Random random, int length)
    {
        var step = 0L;
        return
        [
            .. Enumerable.Range(0, length).Select(i =>
            {
                step += random.Next(20) == 0 ? random.Next(1, 300) : 1;
                return (step, i % 1000 is > 400 and < 430 ? double.NaN : random.Next(3000) == 0 ? double.PositiveInfinity : random.Next(3000) == 0 ? double.NegativeInfinity : random.Next(500) == 0 ? random.NextDouble() * 50 : random.NextDouble());
            }),
        ];
    }

    private SeriesColumns Read(RunId id, long[] edges, double smoothing, bool means)
    {
        var columns = new SeriesColumns(edges, smoothing, means);
        Store.ReadColumns(Metric, [(id, columns)]);
        return columns;
    }

    private static void Compare((long Step, double Value)[] points, SeriesColumns read, long[] edges, double smoothing)
    {
        var smooth = Smooth(points, smoothing);
        var inside = points.Select((point, i) => (point.Step, point.Value, Smooth: smooth[i])).Where(point => point.Step >= edges[0] && point.Step < edges[^1]).ToArray();
        var expected = inside.GroupBy(point => Enumerable.Range(0, edges.Length - 1).Last(i => edges[i] <= point.Step)).ToArray();
        var actual = read.Columns.ToArray();
        Assert.Equal((points.Length, inside.Length, points.Select(point => point.Step).DefaultIfEmpty(-1).Last()), (read.Total, read.Count, read.LastStep));
        Assert.Equal(expected.Select(group => (group.Key, (long)group.Count())), actual.Select(column => (column.Index, column.Count)));
        foreach (var (group, column) in expected.Zip(actual))
        {
            var known = group.Where(point => double.IsFinite(point.Value)).ToArray();
            if (known.Length == 0)
            {
                Assert.True(double.IsNaN(column.Low.Y) && double.IsNaN(column.High.Y) && column.Low.X == group.First().Step);
                continue;
            }

            var (low, high) = (known.Min(point => point.Value), known.Max(point => point.Value));
            Assert.Equal((new LinePoint(known.First(point => point.Value == low).Step, low), new LinePoint(known.First(point => point.Value == high).Step, high)), (column.Low, column.High));
            Assert.Equal(read.HasMeans ? known.Average(point => point.Value) : double.NaN, column.Mean.Y, 1e-9);
            Assert.Equal(smoothing > 0 ? known[^1].Smooth : double.NaN, column.Smooth.Y, 1e-9);
            Assert.True(smoothing == 0 || column.Smooth.X == known[^1].Step);
        }

        Assert.Equal(points.Where(point => point.Step < edges[0]).Select(point => (double?)point.Step).LastOrDefault(), read.Before?.Low.X);
        Assert.Equal(points.Where(point => point.Step >= edges[^1]).Select(point => (double?)point.Step).FirstOrDefault(), read.After?.Low.X);
    }

    /// <summary>The debiased running mean as its definition says: each value weighs w to the power of its age.</summary>
    private static double[] Smooth((long Step, double Value)[] points, double weight)
    {
        var (sum, weights) = (0.0, 0.0);
        var means = new double[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            if (double.IsFinite(points[i].Value))
            {
                (sum, weights) = ((sum * weight) + points[i].Value, (weights * weight) + 1);
            }

            means[i] = sum / weights;
        }

        return means;
    }
}
