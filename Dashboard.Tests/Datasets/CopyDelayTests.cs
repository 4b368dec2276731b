using Crossbench.Datasets;
using Crossbench.Datasets.Generated;
using Crossbench.Datasets.Sources;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class CopyDelayTests
{
    private readonly CopyDelay _dataset = new();

    [Fact]
    public void ChanceAndFloor_AreThoseOfAnOracleAndOfFrequencies()
    {
        foreach (var options in new CopyDelayOptions[] { new(), new() { Filler = FillerKind.Noise, Alphabet = 30 }, new() { StringLength = 3, Delay = 0, Alphabet = 2 } })
        {
            using var stream = Answers.Open(_dataset, options, 61);

            // As many items from the start as have been copied.
            Answers.AssertFacts(stream, 700, seen => [seen[seen.Length - 1 - Array.IndexOf(seen, "→")]]);
        }
    }

    [Theory]
    [InlineData(null, FillerKind.Blank, 14, @"^(\d \d \d) \. \. \. \. \. \. \. → \1$")]
    [InlineData(4, FillerKind.Blank, 14, @"^(\d \d \d) \. \. \. \. → \1 \. \. \.$")]
    [InlineData(2, FillerKind.Noise, 10, @"^(\d \d \d) \d \d → \1 \.$")]
    [InlineData(0, FillerKind.Noise, 7, @"^(\d \d \d) → \1$")]
    public void Sequences_AreStringDelayMarkAndString(int? delay, FillerKind filler, int context, string pattern)
    {
        using var stream = Answers.Open(_dataset, new CopyDelayOptions { StringLength = 3, Delay = delay, Filler = filler }, context);
        foreach (var batch in Answers.Batches(stream, 20))
        {
            for (var row = 0; row < 20; row++)
            {
                var words = Answers.Words(stream, batch, row);
                Assert.Matches(pattern, string.Join(' ', words.Select(item => item.Word)));
                var mark = Array.FindIndex(words, item => item.Word == "→");
                TokenClass?[] expected =
                [
                    null, .. Many(TokenClass.Signal, 2), .. Many(TokenClass.Noise, mark - 3), TokenClass.Rule, .. Many(TokenClass.Answer, 3), .. Many(TokenClass.Padding, context - mark - 4),
                ];
                Assert.Equal(expected, words.Select(item => item.Class));
            }
        }

        static IEnumerable<TokenClass?> Many(TokenClass item, int count) => Enumerable.Repeat<TokenClass?>(item, count);
    }

    [Fact]
    public void Validate_WithoutRoom_NamesContextAndVocabulary_WithFixesThatHelp()
    {
        Assert.Equal(["shape.contextLength", "shape.vocabulary"], Answers.Problems(_dataset, new CopyDelayOptions(), 20, 9));
        Assert.Empty(Answers.Problems(_dataset, new CopyDelayOptions(), 21, 10));
        Assert.Equal(
            "A context of 128 has no room for 10 items, a delay of 108, a mark and the copy, which take 129 tokens.",
            Assert.Single(_dataset.Validate(new CopyDelayOptions { Delay = 108 }, 128, 10)).Reason);
        Answers.AssertFixesHelp(_dataset, new CopyDelayOptions { Delay = 108 }, 128);
        Answers.AssertFixesHelp(_dataset, new CopyDelayOptions { Delay = 1_000_000, StringLength = 65536 }, 128, mayHaveNone: true);
        Answers.AssertFixesHelp(_dataset, new CopyDelayOptions(), 2);
    }
}
