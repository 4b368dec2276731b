using Crossbench.Statistics;
using Xunit;

namespace Crossbench.Tests.Statistics;

public sealed class AurocTests
{
    [Fact]
    public void Area_IsTheShareOfPairsInOrder_TiesCountingHalf()
    {
        var draws = new RandomStreams(4).Stream("auroc");
        for (var trial = 0; trial < 20; trial++)
        {
            var (values, classes) = Draw(ref draws, 24);
            var positives = values.Where((_, i) => classes[i] == 1).ToArray();
            var pairs = positives.SelectMany(p => values.Where((_, i) => classes[i] == 2).Select(n => p > n ? 1.0 : p == n ? 0.5 : 0));
            Assert.Equal(pairs.Average(), Of(values, classes, 8)!.Value, 12);
        }
    }

    [Fact]
    public void Separated_IsOne_AndReversedIsZero()
    {
        Assert.Equal(1, Of([2, 3, 0, 1], [1, 1, 2, 2], 4)!.Value);
        Assert.Equal(0, Of([0, 1, 2, 3], [1, 1, 2, 2], 4)!.Value);
    }

    [Fact]
    public void WithoutOneOfTheClasses_ThereIsNone()
    {
        Assert.Null(Of([1, 2], [1, 1], 2));
        Assert.Null(Of([1, 2], [2, 0], 2));
    }

    [Fact]
    public void Null_IsWhatShufflingTheLabelsWithinSequencesGives()
    {
        // Two sequences on different levels, one with most of the positives: the null is centred beside one half.
        float[] values = [1, 2, 2, 3, 5, 10, 11, 11, 12, 15];
        int[] classes = [1, 2, 2, 2, 0, 1, 1, 2, 1, 0];
        var areas = new List<double>();
        foreach (var first in Permutations([1, 2, 2, 2]))
        {
            foreach (var second in Permutations([1, 1, 2, 1]))
            {
                areas.Add(Of(values, [.. first, 0, .. second, 0], 5)!.Value);
            }
        }

        var mean = areas.Average();
        var found = Of(values, classes, 5)!;
        Assert.NotEqual(0.5, mean, 2);
        Assert.Equal(mean, found.NullMean, 12);
        Assert.Equal(Math.Sqrt(areas.Average(area => (area - mean) * (area - mean))), found.NullDeviation, 12);
    }

    [Fact]
    public void NullRange_HoldsTheAreaOfValuesThatKnowNothing_NineteenTimesInTwenty()
    {
        var draws = new RandomStreams(9).Stream("null");
        var inside = 0;
        for (var trial = 0; trial < 1000; trial++)
        {
            var (values, classes) = Draw(ref draws, 160);
            var found = Of(values, classes, 32)!;
            inside += found.Value >= found.NullLow && found.Value <= found.NullHigh ? 1 : 0;
        }

        Assert.InRange(inside, 930, 970);
    }

    private static (float[] Values, int[] Classes) Draw(ref RandomSequence draws, int count)
    {
        var (values, classes) = (new float[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            (values[i], classes[i]) = (draws.NextInt32(12), draws.NextInt32(3));
        }

        return (values, classes);
    }

    private static Auroc? Of(float[] values, int[] classes, int length) => Auroc.Of(values, Array.ConvertAll(classes, item => item == 1), Array.ConvertAll(classes, item => item == 2), length);

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length == 1 ? [items]
        : Enumerable.Range(0, items.Length).SelectMany(i => Permutations([.. items.Where((_, at) => at != i)]).Select(rest => (int[])[items[i], .. rest]));
}
