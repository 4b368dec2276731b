using System.Text;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

public sealed class BpeTrainerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ab")]
    [InlineData("aab ")]
    [InlineData("a")]
    [InlineData("abcdef  ")]
    [InlineData("xé日 1\n")]
    public void Merges_OfRandomTexts_AreThoseOfTheSlowForm(string letters)
    {
        var texts = Gen.Elements(letters.ToCharArray()).ArrayOf().Resize(80).Select(characters => new string(characters));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var slow = SlowBpeTrainer.Train(SlowGpt2.Words(text).Select(Encoding.UTF8.GetBytes), 290);
            if (slow.Tokens.Count > 256)
            {
                Assert.Equal(slow.Merges, Train(text, slow.Tokens.Count + 1).Merges);
            }

            if (slow.Tokens.Count < 290)
            {
                AssertTooFew(text, 291, slow.Tokens.Count + 1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(1, 3));
    }

    [Fact]
    public void Merges_OfArbitraryUnicode_AreThoseOfTheSlowForm() => TokenizerTexts.ForAll(60, text =>
    {
        var doubled = text + " \n" + text;
        var slow = SlowBpeTrainer.Train(SlowGpt2.Words(doubled).Select(Encoding.UTF8.GetBytes), 300);
        if (slow.Tokens.Count > 256)
        {
            Assert.Equal(slow.Merges, Train(doubled, slow.Tokens.Count + 1).Merges);
        }
    });

    [Fact]
    public void Merges_OfStories_AreThoseOfTheSlowForm()
    {
        var text = Stories(12);
        Assert.Equal(SlowBpeTrainer.Train(SlowGpt2.Words(text).Select(Encoding.UTF8.GetBytes), 511).Merges, Train(text, 512).Merges);
    }

    [Fact]
    public void Ties_GoToTheSmallerPair()
    {
        var merges = Train("ba dc ba dc ", 259).Merges;
        Assert.Equal([(' ', 'd'), ('b', 'a')], merges);
    }

    [Fact]
    public void Blocks_MayEndAnywhere() => TokenizerTexts.ForAll(40, text =>
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text + "abab", 3)));
        foreach (var size in new[] { 1, 2, 3, 7 })
        {
            var trainer = new BpeTrainer();
            foreach (var block in bytes.Chunk(size))
            {
                trainer.Add(block);
            }

            Assert.Equal(Train(bytes, 258).Merges, Finish(trainer, 258).Merges);
        }
    });

    [Fact]
    public void LongWords_CountInParts_HoweverCut()
    {
        // Three letters of three bytes do not fill 1,024, so a part ends after 341 of them.
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("日月", 1000)) + " ab " + new string('\n', 5000) + new string('=', 3000));
        var parts = new List<byte[]>();
        foreach (var word in SlowGpt2.Words(Encoding.UTF8.GetString(bytes)))
        {
            var rest = word;
            while (Encoding.UTF8.GetByteCount(rest) > BpeTrainer.LongestWord)
            {
                var length = Enumerable.Range(1, rest.Length).Last(length => Encoding.UTF8.GetByteCount(rest.AsSpan(0, length)) <= BpeTrainer.LongestWord);
                parts.Add(Encoding.UTF8.GetBytes(rest[..length]));
                rest = rest[length..];
            }

            parts.Add(Encoding.UTF8.GetBytes(rest));
        }

        var slow = SlowBpeTrainer.Train(parts, 275).Merges;
        Assert.Equal(slow, Train(bytes, 276).Merges);
        foreach (var size in new[] { 1, 100, 1031, 4096 })
        {
            var trainer = new BpeTrainer();
            Array.ForEach(bytes.Chunk(size).ToArray(), block => trainer.Add(block));
            Assert.Equal(slow, Finish(trainer, 276).Merges);
        }
    }

    [Fact]
    public void Documents_AreCutApart()
    {
        var trainer = new BpeTrainer();
        foreach (var document in new[] { "qa", "bq", "qa", "bq" })
        {
            trainer.Add(Encoding.UTF8.GetBytes(document));
            trainer.EndDocument();
        }

        Assert.Equal([('b', 'q'), ('q', 'a')], Finish(trainer, 259).Merges);
    }

    [Fact]
    public void File_IsATokenizerThatEncodesByItsMerges()
    {
        var trained = Train(Stories(20), 700);
        using (var stream = File.Create(_folder.File("tokenizer.json")))
        {
            trained.Write(stream);
        }

        var tokenizer = TokenizerJson.Load(_folder.File("tokenizer.json"), "bpe");
        Assert.Equal(700, trained.VocabularySize);
        Assert.Equal(700, tokenizer.VocabularySize);
        Assert.Equal(699, tokenizer.EndOfText);
        Assert.Equal([65, 699], tokenizer.EncodeWithSpecials("A<|endoftext|>"));
        var slow = new SlowTokenizer(JsonNode.Parse(File.ReadAllText(_folder.File("tokenizer.json")))!.AsObject());
        TokenizerTexts.ForAll(100, text =>
        {
            Assert.Equal(slow.Encode(text), tokenizer.Encode(text));
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        });
        var story = StoryBook.Tell(9, 1);
        Assert.Equal(slow.Encode(story), tokenizer.Encode(story));
        Assert.True(tokenizer.Encode(story).Length < story.Length / 2);
    }

    [Fact]
    public void File_OfOnlyBytes_IsATokenizer()
    {
        using (var stream = File.Create(_folder.File("tokenizer.json")))
        {
            Train("", 257).Write(stream);
        }

        Assert.Equal([97, 98], TokenizerJson.Load(_folder.File("tokenizer.json")).Encode("ab"));
    }

    [Fact]
    public void Text_WithTooFewPairs_SaysHowManyTokensItGives()
    {
        AssertTooFew("abc abc", 1000, 259);
        AssertTooFew("", 258, 257);
    }

    [Fact]
    public void Vocabulary_OutsideTheRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Train("aa", 256));
        Assert.Throws<ArgumentOutOfRangeException>(() => Train("aa", 65537));
    }

    [Fact]
    public void Progress_RisesToOne_AndCancellationEndsIt()
    {
        var trainer = new BpeTrainer();
        trainer.Add(Encoding.UTF8.GetBytes(Stories(20)));
        var shares = new Shares();
        trainer.Train(600, shares, TestContext.Current.CancellationToken);
        Assert.True(shares.Seen.Count > 3);
        Assert.Equal(shares.Seen.Order(), shares.Seen);
        Assert.Equal(1, shares.Seen[^1]);
        Assert.Throws<OperationCanceledException>(() => trainer.Train(600, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Words_BeyondTheRoom_AreForgottenFromTheRarestOn()
    {
        var words = new BpeWordCounts(mostWords: 4, mostBytes: 1000);
        foreach (var word in new[] { "a", "a", "a", "b", "b", "c", "d", "e", "f", "a" })
        {
            words.Add(Encoding.UTF8.GetBytes(word));
        }

        Assert.Equal([("a", 4L), ("b", 2L), ("f", 1L)], words.Words.Select(word => (Encoding.UTF8.GetString(word.Key), word.Value)).OrderBy(word => word.Item1, StringComparer.Ordinal));
        var bytes = new BpeWordCounts(mostWords: 100, mostBytes: 10);
        bytes.Add("abcdefgh"u8);
        bytes.Add("ijk"u8);
        Assert.Empty(bytes.Words);
    }

    private static string Stories(int count) => string.Concat(Enumerable.Range(0, count).Select(i => StoryBook.Tell(5, i)));

    private static TrainedBpe Train(string text, int vocabulary) => Train(Encoding.UTF8.GetBytes(text), vocabulary);

    private static TrainedBpe Train(byte[] text, int vocabulary)
    {
        var trainer = new BpeTrainer();
        trainer.Add(text);
        return Finish(trainer, vocabulary);
    }

    private static TrainedBpe Finish(BpeTrainer trainer, int vocabulary) => trainer.Train(vocabulary, null, TestContext.Current.CancellationToken);

    private static void AssertTooFew(string text, int wanted, int given)
    {
        var problem = Assert.Throws<SpecException>(() => Train(text, wanted)).Problems[0];
        Assert.Equal("dataset.tokenizerSize", problem.Path);
        Assert.StartsWith($"The text gives {given} tokens at the most, ", problem.Reason, StringComparison.Ordinal);
        Assert.Equal(new SpecFix("dataset.tokenizerSize", $"{given}"), Assert.Single(problem.Fixes));
    }

    private sealed class Shares : IProgress<double>
    {
        public List<double> Seen { get; } = [];

        public void Report(double value) => Seen.Add(value);
    }
}
