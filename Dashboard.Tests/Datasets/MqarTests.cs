using Crossbench.Datasets;
using Crossbench.Datasets.Generated;
using Crossbench.Datasets.Sources;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class MqarTests
{
    private readonly Mqar _dataset = new();

    [Fact]
    public void ChanceAndFloor_AreThoseOfAnOracleAndOfFrequencies()
    {
        MqarOptions[] cases =
        [
            new() { Queries = null }, new() { Queries = 25 }, new() { Queries = 12, Filler = FillerKind.Blank, GapPower = 1 }, new() { Pairs = 20, Queries = 3, Keys = 20, Values = 5 },
        ];
        foreach (var options in cases)
        {
            using var stream = Answers.Open(_dataset, options, 71);
            Answers.AssertFacts(stream, 1500, seen => [Recalled(seen)]);
        }
    }

    [Fact]
    public void Sequences_ReadAsPairsThenQueries()
    {
        using var stream = Answers.Open(_dataset, new MqarOptions { Pairs = 2, Queries = null, Filler = FillerKind.Blank }, 11);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 50, 50);
        for (var row = 0; row < 50; row++)
        {
            var words = Answers.Words(stream, batch, row);
            Assert.Matches(@"^k\d+ v\d+ k\d+ v\d+ (\. \. )?k\d+ v\d+ (\. \. )?k\d+ v\d+ (\. \. )?\.$", string.Join(' ', words.Select(item => item.Word)));
            Assert.All(words[1..4], item => Assert.Equal(TokenClass.Signal, item.Class));
            Assert.All(words[4..], item => Assert.Equal(item.Word[0] switch { 'k' => TokenClass.Rule, 'v' => TokenClass.Answer, _ => TokenClass.Noise }, item.Class));
        }
    }

    [Theory]
    [InlineData(null, 8, 1, 1)]
    [InlineData(5, 5, 1, 1)]
    [InlineData(20, 8, 2, 3)]
    public void Keys_OccurOnceAmongThePairs_AndTakeTurnsAsQueries(int? queries, int different, int least, int most)
    {
        using var stream = Answers.Open(_dataset, new MqarOptions { Queries = queries }, 128);
        var batch = stream.TrainingBatch(200, new RandomStreams(2).Stream(RandomStreams.Data));
        for (var row = 0; row < 200; row++)
        {
            var words = Answers.Words(stream, batch, row).Select(item => item.Word).ToArray();
            var (pairs, asked) = (words[..16].Where(word => word[0] == 'k').ToArray(), words[16..].Where(word => word[0] == 'k').ToArray());
            Assert.Equal((8, 8), (pairs.Length, pairs.Distinct().Count()));
            Assert.Equal((queries ?? 8, different), (asked.Length, asked.Distinct().Count()));
            Assert.All(asked.CountBy(word => word), word => Assert.InRange(word.Value, least, most));
            Assert.Subset(pairs.ToHashSet(), asked.ToHashSet());
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.01)]
    public void Gaps_OfOneQuery_FollowThePowerLaw(double power)
    {
        const int Rows = 20000, Slots = 10;
        using var stream = Answers.Open(_dataset, new MqarOptions { Pairs = 1, Queries = 1, GapPower = power, Filler = FillerKind.Blank }, 2 + (2 * Slots));
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, Rows, Rows);
        var weights = Enumerable.Range(1, Slots).Select(gap => Math.Pow(gap, power - 1)).ToArray();
        var found = new int[Slots];
        for (var row = 0; row < Rows; row++)
        {
            found[(Array.IndexOf(batch.Classes!, TokenClass.Answer, row * batch.ContextLength) - (row * batch.ContextLength) - 2) / 2]++;
        }

        Assert.All(found.Zip(weights), pair => Assert.Equal(pair.Second / weights.Sum(), pair.First / (double)Rows, 0.015));
    }

    [Fact]
    public void Validate_NamesEveryMistakeAtOnce_WithFixesThatHelp()
    {
        var wrong = new MqarOptions { Pairs = 40, Queries = 50, Keys = 30 };
        Assert.Equal(["dataset.keys", "shape.contextLength", "shape.vocabulary"], Answers.Problems(_dataset, wrong, 128, 46));
        var problem = Assert.Single(_dataset.Validate(new MqarOptions { Queries = 8 }, 20, 33));
        Assert.Equal("A context of 20 has no room for 8 pairs and 8 queries, which take 32 tokens.", problem.Reason);
        Assert.Equal("Use 32 or more, or fewer pairs or queries.", problem.Remedy);
        Assert.Equal(["32", "2", "2"], problem.Fixes.Select(fix => fix.Value));
        Answers.AssertFixesHelp(_dataset, wrong, 128);
        Answers.AssertFixesHelp(_dataset, new MqarOptions { Queries = null }, 20);
        Answers.AssertFixesHelp(_dataset, new MqarOptions { Queries = 3 }, 13);
    }

    /// <summary>The value that stood behind the last key among the pairs: the first time this key occurs.</summary>
    private static string Recalled(string[] seen) => seen[Array.IndexOf(seen, seen[^1]) + 1];
}
