using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class NeedleTests
{
    private readonly Needle _dataset = new();

    [Fact]
    public void ChanceAndFloor_AreThoseOfAnOracleAndOfFrequencies()
    {
        NeedleOptions[] cases = [new() { Distractors = 3 }, new() { Depth = 0.3, Distractors = 0, Values = 2, ValueLength = 5 }, new() { Distractors = 15, Keys = 16, ValueLength = 1, Depth = 1 }];
        foreach (var options in cases)
        {
            using var stream = Answers.Open(_dataset, options, 59);
            Answers.AssertFacts(stream, 2500, seen => [Retrieved(seen)]);
        }
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.25, 5)]
    [InlineData(0.5, 10)]
    [InlineData(1.0, 20)]
    public void Depth_IsWhereTheNeedleLies_AndNothingElseDiffers(double depth, int place)
    {
        var options = new NeedleOptions { Distractors = 0, ValueLength = 1 };
        using var stream = Answers.Open(_dataset, options with { Depth = depth }, 25);
        using var anywhere = Answers.Open(_dataset, options, 25);
        var (batch, other) = (stream.EvaluationBatch(HeldOut.Test, 0, 30, 30), anywhere.EvaluationBatch(HeldOut.Test, 0, 30, 30));
        for (var row = 0; row < 30; row++)
        {
            var words = stream.Decode(batch.Inputs.AsSpan(row * 25, 25)).Split(' ');
            Assert.Equal(("?", words[^2], words[^1]), (words[^3], words[place], words[place + 1]));
            var elsewhere = anywhere.Decode(other.Inputs.AsSpan(row * 25, 25)).Split(' ');
            Assert.Equal(Without(words), Without(elsewhere));
        }

        static IEnumerable<string> Without(string[] words) => words.Where(word => word[0] == 'w').Concat(words[^3..]);
    }

    [Fact]
    public void Depth_WhenEmpty_IsAnywhereAlike()
    {
        using var stream = Answers.Open(_dataset, new NeedleOptions { Distractors = 0, ValueLength = 1 }, 14);
        var rows = stream.EvaluationBatch(HeldOut.Validation, 0, 5000, 5000).Inputs.Chunk(14).Select(row => stream.Decode(row).Split(' '));
        var places = rows.CountBy(words => Array.FindIndex(words, word => word[0] == 'k')).ToDictionary();
        Assert.Equal(Enumerable.Range(0, 10), places.Keys.Order());
        Assert.All(places.Values, count => Assert.InRange(count, 420, 580));
    }

    [Fact]
    public void TokenizerKey_IsSharedByDataWhoseIdsMeanTheSame()
    {
        string? Key(NeedleOptions options)
        {
            using var stream = Answers.Open(_dataset, options, 64);
            return stream.TokenizerKey;
        }

        Assert.Equal(Key(new()), Key(new() { Depth = 0.5, Distractors = 2, Hay = 200 }));
        Assert.NotEqual(Key(new()), Key(new() { Keys = 17 }));
        using var other = Answers.Open(new Mqar(), new MqarOptions { Queries = 4 }, 64);
        Assert.NotEqual(Key(new()), other.TokenizerKey);
    }

    [Fact]
    public void Rows_HoldNeedleDistractorsAndQuestion_WithTheirClasses()
    {
        using var stream = Answers.Open(_dataset, new NeedleOptions { Distractors = 2, ValueLength = 3 }, 40);
        foreach (var batch in Answers.Batches(stream, 50))
        {
            for (var row = 0; row < 50; row++)
            {
                var words = Answers.Words(stream, batch, row);
                Assert.Matches(@"^((w\d+|k\d+ v\d+ v\d+ v\d+) )+\? k\d+ v\d+ v\d+ v\d+$", string.Join(' ', words.Select(item => item.Word)));
                var keys = words[..^5].Where(item => item.Word[0] == 'k').Select(item => item.Word).ToArray();
                Assert.Equal((3, 3), (keys.Length, keys.Distinct().Count()));
                Assert.Equal([TokenClass.Rule, TokenClass.Rule, TokenClass.Answer, TokenClass.Answer, TokenClass.Answer], words[^5..].Select(item => item.Class!.Value));
                var needle = Array.FindIndex(words, item => item.Word == words[^4].Word);
                Assert.All(Enumerable.Range(1, 34), i => Assert.Equal(i >= needle && i < needle + 4 ? TokenClass.Needle : TokenClass.Noise, words[i].Class));
            }
        }
    }

    [Fact]
    public void Validate_NamesEveryMistakeAtOnce_WithFixesThatHelp()
    {
        var wrong = new NeedleOptions { Distractors = 50, Keys = 20, Values = 16, ValueLength = 2 };
        Assert.Equal(["dataset.keys", "shape.contextLength", "shape.vocabulary"], Answers.Problems(_dataset, wrong, 128, 68));
        Assert.Equal(
            "A context of 128 has no room for a needle of 3 tokens, 50 distractors and the question, which take 157 tokens.", _dataset.Validate(wrong, 128, 69).Last().Reason);
        Answers.AssertFixesHelp(_dataset, wrong, 128);
        Answers.AssertFixesHelp(_dataset, new NeedleOptions { Distractors = 3, ValueLength = 2 }, 6);
        Answers.AssertFixesHelp(_dataset, new NeedleOptions { Distractors = 0, ValueLength = 60 }, 100);
        Answers.AssertFixesHelp(_dataset, new NeedleOptions { Distractors = 65536, ValueLength = 65536, Keys = 1 }, 100, mayHaveNone: true);
    }

    /// <summary>What stood behind the key that the question names, as far on as the answer is.</summary>
    private static string Retrieved(string[] seen)
    {
        var question = Array.LastIndexOf(seen, "?");
        return seen[Array.IndexOf(seen, seen[question + 1]) + seen.Length - question - 1];
    }
}
