using Crossbench.Metrics;
using Xunit;

namespace Crossbench.Tests.Metrics;

public sealed class VectorAxisTests
{
    [Fact]
    public void DoublingSpans_CoverEveryPositionOnce()
    {
        var next = 0;
        foreach (var ends in Enumerable.Range(0, 10).Select(i => VectorAxis.DoublingSpans.Name(i, 10).Split('–')))
        {
            Assert.Equal(next, int.Parse(ends[0], System.Globalization.CultureInfo.InvariantCulture));
            next = int.Parse(ends[^1], System.Globalization.CultureInfo.InvariantCulture) + 1;
        }

        Assert.Equal(512, next);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(63)]
    [InlineData(64)]
    public void DoublingTokens_AreCountedFromTheContext(int length)
    {
        // Positions 0, 1, 3, 7 … before the last one, and the last.
        var columns = 1;
        for (var position = 0; position < length - 1; position = (2 * position) + 1)
        {
            columns++;
        }

        var axis = VectorAxis.DoublingTokens("state head");
        Assert.Equal(5, axis.Parts(5 * columns, length));
        Assert.Equal("all", axis.Name(columns - 1, columns));
        Assert.Equal(["1", "2", "4"], Enumerable.Range(0, 3).Select(i => axis.Name(i, 9)));
    }

    [Fact]
    public void OtherAxes_HaveOnePart() => Assert.Equal(1, VectorAxis.Heads.Parts(8, 64));
}
