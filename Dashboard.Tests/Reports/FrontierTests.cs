using Crossbench.Reports.Suites;
using Crossbench.Web.Components.Plots;
using Xunit;

namespace Crossbench.Tests.Reports;

/// <summary>What no other point beats, against a look at every pair; and where ratios and values are drawn.</summary>
public sealed class FrontierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frontier_IsWhatNoOtherPointBeatsInBoth(bool moreIsBetter)
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            // Few different values, so that ties are common.
            var points = Enumerable.Range(0, random.Next(1, 12)).Select(_ => ((double)random.Next(1, 6), (double)random.Next(1, 6), random.Next(4) > 0)).ToArray();
            bool Beats((double X, double Y, bool Counts) a, (double X, double Y, bool Counts) b) =>
                a.Counts && (moreIsBetter ? a.X >= b.X : a.X <= b.X) && a.Y <= b.Y && (a.X != b.X || a.Y != b.Y);
            Assert.Equal(points.Select(point => point.Item3 && !points.Any(other => Beats(other, point))), Frontier.Of(points, moreIsBetter));
        }
    }

    [Fact]
    public void Radar_IsSymmetricAroundTheBaseline_AndKnowsNothingWithoutValues()
    {
        var more = new RadarAxis("speed", true, [100, 200, null, -1]);
        var less = new RadarAxis("memory", false, [100, 200, 50, 0]);
        Assert.Equal([1, 2, null, null], Enumerable.Range(0, 4).Select(i => more.Ratio(i, 0)));
        Assert.Equal([1, 0.5, 2, null], Enumerable.Range(0, 4).Select(i => less.Ratio(i, 0)));
        Assert.Equal(0.5, RadarAxis.Radius(1), 12);
        Assert.Equal(1, RadarAxis.Radius(2) + RadarAxis.Radius(0.5), 12);
        Assert.Equal([0.75, 1.0, 0.0], new[] { 2.0, 100, 0.001 }.Select(ratio => Math.Round(RadarAxis.Radius(ratio), 12)));
        Assert.Equal(("1.25×", "–"), (RadarAxis.Text(1.25), RadarAxis.Text(null)));
    }

    [Theory]
    [InlineData(0.123, 0.987)]
    [InlineData(-5, 1e6)]
    [InlineData(7, 7)]
    [InlineData(-0.001, 0.002)]
    public void Scale_HoldsItsValues_AndMarksRoundOnes(double low, double high)
    {
        var scale = PlotScale.Around([low, high, double.NaN]);
        Assert.All([low, high], value => Assert.InRange(scale.Share(value), 0, 1));
        Assert.InRange(scale.Ticks().Count, 2, 12);
        Assert.All(scale.Ticks(), tick => Assert.InRange(tick, scale.Low, scale.High + 1e-12));
    }

    [Theory]
    [InlineData(1000, 90000)]
    [InlineData(5e6, 5e6)]
    public void LogScale_HoldsItsValues_AtEqualRatios(double low, double high)
    {
        var scale = PlotScale.Around([low, high, 0, -1], isLog: true);
        Assert.InRange(scale.Share(low), 0, scale.Share(high));
        Assert.InRange(scale.Share(high), scale.Share(low), 1);
        Assert.Equal(0.5, scale.Share(Math.Sqrt(scale.Low * scale.High)), 9);
    }
}
