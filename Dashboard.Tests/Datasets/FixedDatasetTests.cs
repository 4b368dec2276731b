using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class FixedDatasetTests
{
    [Fact]
    public void Zeros_AreZero_AndLeaveNothingToLearn()
    {
        using var stream = new Zeros().Open(Answers.Nowhere, new ZerosOptions(), 16, 2);
        Assert.All(Answers.Batches(stream, 3), batch => Assert.All(batch.Inputs.Concat(batch.Targets), token => Assert.Equal(0, token)));
        Assert.Equal((0, 0), (stream.Chance, stream.Floor));
    }

    [Theory]
    [InlineData(8, 4096, "0 1 2 3 4 5 6 7")]
    [InlineData(8, 8, "0 1 2 3 4 5 6 7")]
    [InlineData(8, 3, "0 1 2 0 1 2 0 1")]
    [InlineData(2, 5, "0 1")]
    public void Ramp_CountsUp_AndStartsAgainAtTheEndOfTheVocabulary(int context, int vocabulary, string row)
    {
        using var stream = new Ramp().Open(Answers.Nowhere, new RampOptions(), context, vocabulary);
        Assert.All(Answers.Batches(stream, 2), batch =>
        {
            Assert.Equal($"{row} {row}", stream.Decode(batch.Inputs));
            Assert.Equal([.. Enumerable.Repeat(true, context - 1), false], batch.Counted![..context]);
        });
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(8, 8)]
    [InlineData(9, 8)]
    [InlineData(64, 7)]
    [InlineData(128, 4096)]
    public void Ramp_HasTheEntropyOfItsTargetsAsChance(int context, int vocabulary)
    {
        var dataset = new Ramp();
        var facts = dataset.Describe(new RampOptions(), context, vocabulary);
        using var stream = dataset.Open(Answers.Nowhere, new RampOptions(), context, vocabulary);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 1, 1);
        var counts = batch.Targets.Where((_, i) => batch.Counted![i]).GroupBy(token => token).Select(group => group.Count() / (context - 1.0));
        Assert.Equal(counts.Sum(share => -share * Math.Log(share)), facts.Chance!.Value, 12);
        Assert.Equal(0, facts.Floor);
    }

    [Fact]
    public void Notes_SayThatNothingIsHeldBack()
    {
        Assert.All(new Dataset[] { new Zeros(), new Ramp() }, dataset =>
        {
            Assert.True(dataset.IsFixed);
            Assert.Contains("held-out rows are the training rows", dataset.Summary, StringComparison.Ordinal);
            Assert.Contains("are the training rows", dataset.Describe(dataset.Defaults, 16, 64).Note, StringComparison.Ordinal);
            using var stream = dataset.Open(Answers.Nowhere, dataset.Defaults, 16, 64);
            Assert.Equal([dataset.Describe(dataset.Defaults, 16, 64).Note!], stream.Notes);
            Assert.Equal(["shape.contextLength"], Answers.Problems(dataset, dataset.Defaults, 1));
        });
    }
}
