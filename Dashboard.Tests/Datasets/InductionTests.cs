using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class InductionTests
{
    private readonly Induction _dataset = new();

    [Fact]
    public void ChanceAndFloor_AreThoseOfAnOracleAndOfFrequencies()
    {
        InductionOptions[] cases = [new() { Pairs = 3 }, new() { Alphabet = 16, Pairs = 1, Occurrences = 2 }, new() { Alphabet = 9, Pairs = 8, Occurrences = 3 }];
        foreach (var options in cases)
        {
            using var stream = Answers.Open(_dataset, options, 57);
            Answers.AssertFacts(stream, 1500, seen => [seen[Array.IndexOf(seen, seen[^1]) + 1]]);
        }
    }

    [Fact]
    public void Pairs_ComeAsOftenAsAsked_AndTheirFirstsNowhereElse()
    {
        using var stream = Answers.Open(_dataset, new InductionOptions { Pairs = 3, Occurrences = 4 }, 40);
        foreach (var batch in Answers.Batches(stream, 60))
        {
            for (var row = 0; row < 60; row++)
            {
                var words = Answers.Words(stream, batch, row);
                var counted = Enumerable.Range(1, 39).Where(i => words[i].Counted).ToArray();
                var byFirst = counted.ToLookup(i => words[i - 1].Word, i => words[i].Word);
                Assert.Equal(3, byFirst.Count);
                Assert.All(byFirst, pair =>
                {
                    Assert.Equal(3, pair.Count());
                    Assert.Single(pair.Distinct());
                    Assert.Equal(4, words.Count(item => item.Word == pair.Key));
                    var first = Array.FindIndex(words, item => item.Word == pair.Key);
                    Assert.Equal((pair.First(), TokenClass.Signal), (words[first + 1].Word, words[first + 1].Class));
                });
                Assert.Equal(9, words.Count(item => item.Class == TokenClass.Rule));
                Assert.All(counted, i => Assert.Equal(TokenClass.Rule, words[i - 1].Class));
            }
        }
    }

    [Fact]
    public void Places_OfOnePair_AreUniform()
    {
        // Two blocks of two in five places: 0-2, 0-3, 1-3.
        using var stream = Answers.Open(_dataset, new InductionOptions { Pairs = 1, Occurrences = 2 }, 5);
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 3000, 3000);
        var places = batch.Classes!.Chunk(5).CountBy(row => string.Join(' ', row.Select(item => item.ToString()[0])));
        Assert.Equal(3, places.Count());
        Assert.All(places, place => Assert.InRange(place.Value, 900, 1100));
    }

    [Fact]
    public void Validate_NamesEveryMistakeAtOnce_WithFixesThatHelp()
    {
        var wrong = new InductionOptions { Pairs = 20, Alphabet = 20, Occurrences = 4 };
        Assert.Equal(["dataset.pairs", "shape.contextLength", "shape.vocabulary"], Answers.Problems(_dataset, wrong, 128, 19));
        Assert.Equal("A context of 128 has no room for 20 pairs, 4 times each, which take 160 tokens.", _dataset.Validate(wrong, 128, 20).Last().Reason);
        Answers.AssertFixesHelp(_dataset, wrong, 128);
        Answers.AssertFixesHelp(_dataset, new InductionOptions { Pairs = 1, Occurrences = 2 }, 3);
        Answers.AssertFixesHelp(_dataset, new InductionOptions { Pairs = 65536, Occurrences = 65536, Alphabet = 3 }, 128, mayHaveNone: true);
    }
}
