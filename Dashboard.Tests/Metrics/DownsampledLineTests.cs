using Crossbench.Metrics;
using Xunit;

namespace Crossbench.Tests.Metrics;

public sealed class DownsampledLineTests
{
    [Fact]
    public void Points_UpToTheLimit_AreAllKept()
    {
        var line = new DownsampledLine(8);
        line.Append(Enumerable.Range(0, 8).Select(i => new LinePoint(i, i * i)));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => new LinePoint(i, i * i)), line.Points);
    }

    [Fact]
    public void Points_BeyondTheLimit_NeverExceedIt()
    {
        var line = new DownsampledLine(100);
        for (var i = 0; i < 5000; i++)
        {
            line.Append([new LinePoint(i, Math.Sin(i))]);
            Assert.InRange(line.Points.Count, 1, 100);
        }
    }

    [Fact]
    public void Spikes_InAMillionPoints_AllStayVisible()
    {
        var line = new DownsampledLine(2000);
        line.Append(Enumerable.Range(0, 1_000_000).Select(i => new LinePoint(i, i switch { 123_457 => 99, 654_321 => -99, _ => i % 7 })));
        Assert.Contains(new LinePoint(123_457, 99), line.Points);
        Assert.Contains(new LinePoint(654_321, -99), line.Points);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Points_AddedInAnyPortions_AreTheSame(int portion)
    {
        var points = Enumerable.Range(0, 777).Select(i => new LinePoint(i, Math.Cos(i * 0.3))).ToArray();
        var atOnce = new DownsampledLine(50);
        atOnce.Append(points);
        var inPortions = new DownsampledLine(50);
        foreach (var chunk in points.Chunk(portion))
        {
            inPortions.Append(chunk);
        }

        Assert.Equal(atOnce.Points, inPortions.Points);
    }

    [Fact]
    public void Append_TellsFromWhereToDrawAgain()
    {
        var line = new DownsampledLine(40);
        var drawn = new List<LinePoint>();
        for (var i = 0; i < 1000; i += 3)
        {
            var from = line.Append(Enumerable.Range(i, 3).Select(x => new LinePoint(x, (x * 37) % 101)));
            drawn = [.. drawn[..from], .. line.Points.Skip(from)];
            Assert.Equal(line.Points, drawn);
        }
    }

    [Fact]
    public void Points_AreInOrderOfPosition()
    {
        var line = new DownsampledLine(30);
        line.Append(Enumerable.Range(0, 500).Select(x => new LinePoint(x, -x)));
        Assert.Equal(line.Points.OrderBy(point => point.X), line.Points);
    }

    [Fact]
    public void NotFinite_IsAGap_AndNeverHidesANumber()
    {
        var alone = new DownsampledLine(10);
        alone.Append([new LinePoint(0, 1), new LinePoint(1, double.NaN), new LinePoint(2, double.PositiveInfinity), new LinePoint(3, 2)]);
        Assert.Equal([1, double.NaN, double.NaN, 2], alone.Points.Select(point => point.Y));

        var merged = new DownsampledLine(4);
        merged.Append(Enumerable.Range(0, 64).Select(x => new LinePoint(x, x == 17 ? 5 : double.NaN)));
        Assert.Contains(merged.Points, point => point == new LinePoint(17, 5));
    }
}

public sealed class DebiasedAverageTests
{
    [Fact]
    public void ConstantValues_AreTheirOwnAverage_FromTheFirstOn()
    {
        var average = new DebiasedAverage(0.98);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(2.5, average.Next(2.5), 12));
    }

    [Fact]
    public void Average_EqualsTheWeightedMeanOfAllValues()
    {
        double[] values = [3, 1, 4, 1, 5, 9, 2, 6];
        var average = new DebiasedAverage(0.7);
        for (var t = 0; t < values.Length; t++)
        {
            var weights = Enumerable.Range(0, t + 1).Select(i => Math.Pow(0.7, t - i)).ToArray();
            var expected = weights.Zip(values, (weight, value) => weight * value).Sum() / weights.Sum();
            Assert.Equal(expected, average.Next(values[t]), 12);
        }
    }

    [Fact]
    public void WeightZero_ChangesNothing() => Assert.Equal(0.25, new DebiasedAverage(0).Next(0.25));

    [Fact]
    public void NotANumber_PassesThrough_AndIsForgotten()
    {
        var average = new DebiasedAverage(0.5);
        average.Next(4);
        Assert.True(double.IsNaN(average.Next(double.NaN)));
        Assert.Equal(4, average.Next(4), 12);
    }
}
