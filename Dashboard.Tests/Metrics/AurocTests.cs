using Crossbench.Metrics;
using Xunit;

namespace Crossbench.Tests.Metrics;

public sealed class AurocTests
{
    [Fact]
    public void Area_IsTheShareOfPairsInOrder_TiesCountingHalf()
    {
        var draws = new RandomStreams(4).Stream("auroc");
        for (var trial = 0; trial < 20; trial++)
        {
            var positives = Enumerable.Range(0, 7).Select(_ => (float)draws.NextInt32(6)).ToArray();
            var negatives = Enumerable.Range(0, 9).Select(_ => (float)draws.NextInt32(5)).ToArray();
            var pairs = positives.SelectMany(p => negatives.Select(n => p > n ? 1.0 : p == n ? 0.5 : 0));
            Assert.Equal(pairs.Average(), Auroc.Of(positives, negatives), 12);
        }
    }

    [Fact]
    public void Separated_IsOne_AndReversedIsZero()
    {
        Assert.Equal(1, Auroc.Of([2f, 3f], [0f, 1f]));
        Assert.Equal(0, Auroc.Of([0f, 1f], [2f, 3f]));
    }
}
