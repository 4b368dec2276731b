using Crossbench.Statistics;
using MathNet.Numerics.Distributions;
using Xunit;

namespace Crossbench.Tests.Statistics;

public sealed class ClusterMeanTests
{
    [Fact]
    public void EqualTokens_GiveTheOrdinaryTInterval()
    {
        double[] values = [1, 2, 4];
        var half = StudentT.InvCDF(0, 1, 2, 0.975) * Math.Sqrt(7.0 / 3 / 3);

        var mean = ClusterMean.Of([.. values.Select(value => (value, 7.0))])!;

        Assert.Equal([7.0 / 3, (7.0 / 3) - half, (7.0 / 3) + half], [mean.Mean, mean.Low!.Value, mean.High!.Value], (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void TheIntervalLiesAroundItsOwnMean_HoweverUnequalTheTokens()
    {
        var mean = ClusterMean.Of([(0, 99), (1, 1)])!;

        // Residuals ∓0.99 of 100 tokens: s² = 2 · 2 · 0.99² / 100²; t(1, 0.975) = 12.7062047362.
        Assert.Equal(0.01, mean.Mean, 1e-12);
        Assert.Equal(0.01 - (12.7062047362 * 0.0198), mean.Low!.Value, 1e-9);
        Assert.Equal(0.01 + (12.7062047362 * 0.0198), mean.High!.Value, 1e-9);
    }

    [Fact]
    public void TheStandardError_IsThatOfLeavingOutOneSequenceAfterTheOther()
    {
        var random = new Random(3);
        for (var round = 0; round < 20; round++)
        {
            var sequences = Enumerable.Range(0, 400).Select(_ => Drawn(random)).ToArray();
            var left = sequences.Select((_, i) => Ratio([.. sequences.Where((_, at) => at != i)])).ToArray();
            var jackknife = Math.Sqrt(399.0 / 400 * left.Sum(value => Math.Pow(value - left.Average(), 2)));

            var mean = ClusterMean.Of(sequences)!;

            Assert.Equal(Ratio(sequences), mean.Mean, 1e-12);
            Assert.Equal(1, (mean.High!.Value - mean.Low!.Value) / 2 / StudentT.InvCDF(0, 1, 399, 0.975) / jackknife, 0.005);
        }
    }

    [Fact]
    public void OfManyDraws_95PercentOfTheIntervalsHoldTheTruth()
    {
        // Long sequences have larger values, so the truth over tokens is another one than that over sequences.
        var random = new Random(7);
        var truth = Ratio([.. Enumerable.Range(1, 30).Select(tokens => (tokens / 30.0, (double)tokens))]);
        var held = 0;
        const int Draws = 4000;
        for (var draw = 0; draw < Draws; draw++)
        {
            var mean = ClusterMean.Of([.. Enumerable.Range(0, 64).Select(_ => Drawn(random))])!;
            held += mean.Low <= truth && truth <= mean.High ? 1 : 0;
        }

        Assert.InRange(held / (double)Draws, 0.935, 0.965);
    }

    [Fact]
    public void OneSequence_HasNoInterval_AndNoTokenNoMean()
    {
        Assert.Equal(new ClusterMean(2, null, null), ClusterMean.Of([(2, 5)]));
        Assert.Null(ClusterMean.Of([]));
    }

    private static (double Value, double Tokens) Drawn(Random random)
    {
        var tokens = random.Next(1, 31);
        return ((tokens / 30.0) + random.NextDouble() - 0.5, tokens);
    }

    private static double Ratio((double Value, double Tokens)[] sequences)
    {
        var (sum, tokens) = (0.0, 0.0);
        foreach (var sequence in sequences)
        {
            sum += sequence.Value * sequence.Tokens;
            tokens += sequence.Tokens;
        }

        return sum / tokens;
    }
}
