using System.Text;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class Gpt2TokenizerTests : IDisposable
{
    private static readonly Gpt2Tokenizer Tokenizer = Gpt2Tokenizer.Shared;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Ids from the package that the ranks come from, by its own encoder in JavaScript.</summary>
    [Theory]
    [InlineData("Hello world", new[] { 15496, 995 })]
    [InlineData("hello world", new[] { 31373, 995 })]
    [InlineData(" a", new[] { 257 })]
    [InlineData("Hello, world!", new[] { 15496, 11, 995, 0 })]
    [InlineData("The quick brown fox jumps over the lazy dog.", new[] { 464, 2068, 7586, 21831, 18045, 625, 262, 16931, 3290, 13 })]
    [InlineData("I've we'll they'd it's 'store", new[] { 40, 1053, 356, 1183, 484, 1549, 340, 338, 705, 8095 })]
    [InlineData("  two  spaces\n\n\ttab", new[] { 220, 734, 220, 9029, 628, 197, 8658 })]
    [InlineData("naïve café", new[] { 2616, 38776, 40304 })]
    [InlineData("日本語のテキスト", new[] { 33768, 98, 17312, 105, 45739, 252, 5641, 24336, 25084, 43302 })]
    [InlineData("🦊🦊 fox", new[] { 8582, 99, 232, 8582, 99, 232, 21831 })]
    [InlineData("𝒜𝓁𝓅𝒽𝒶 x", new[] { 47728, 240, 250, 47728, 241, 223, 47728, 241, 227, 47728, 240, 121, 47728, 240, 114, 2124 })]
    [InlineData("1234567890 3.14", new[] { 10163, 2231, 30924, 3829, 513, 13, 1415 })]
    [InlineData("\u00a0\u3000x", new[] { 1849, 5099, 222, 87 })]
    [InlineData("don't stop' 's", new[] { 9099, 470, 2245, 6, 705, 82 })]
    [InlineData("<|endoftext|>", new[] { 27, 91, 437, 1659, 5239, 91, 29 })]
    [InlineData("   ", new[] { 220, 220, 220 })]
    [InlineData("a\r\nb", new[] { 64, 201, 198, 65 })]
    [InlineData("Zażółć gęślą jaźń", new[] { 57, 64, 129, 120, 10205, 41615, 38325, 308, 128, 247, 129, 249, 75, 128, 227, 45091, 129, 118, 129, 226 })]
    [InlineData("٣٤٥ ½ Ⅷ", new[] { 149, 96, 149, 97, 149, 98, 25208, 2343, 227, 100 })]
    [InlineData("𐐷𐑌 𝟘𝟙", new[] { 172, 238, 238, 115, 172, 238, 239, 234, 220, 47728, 253, 246, 47728, 253, 247 })]
    [InlineData("", new int[0])]
    public void Encode_OfKnownTexts_GivesTheKnownIds(string text, int[] ids)
    {
        Assert.Equal(ids, Tokenizer.Encode(text));
        Assert.Equal(text, Tokenizer.Decode(ids));
    }

    [Fact]
    public void Encode_OfArbitraryUnicode_IsTheSlowFormAndDecodesToTheSameBytes() => TokenizerTexts.ForAll(300, text =>
    {
        var tokens = Tokenizer.Encode(text);
        Assert.Equal(SlowGpt2.Encode(text), tokens);
        Assert.Equal(Encoding.UTF8.GetBytes(text), Tokenizer.DecodeBytes(tokens));
        Assert.DoesNotContain(Tokenizer.EndOfText!.Value, tokens);
    });

    [Fact]
    public void Encode_OfProse_IsTheSlowForm()
    {
        for (var i = 0; i < 20; i++)
        {
            var story = StoryBook.Tell(9, i);
            Assert.Equal(SlowGpt2.Encode(story), Tokenizer.Encode(story));
        }
    }

    [Fact]
    public void Encode_OfLongWords_IsTheSlowForm()
    {
        var random = new RandomStreams(3).Stream("words");
        foreach (var letters in new[] { "ab", "aeinrst", "=-", "ｘ日é", " \n" })
        {
            var word = string.Concat(Enumerable.Range(0, 300).Select(_ => letters[random.NextInt32(letters.Length)]));
            Assert.Equal(SlowGpt2.Encode(word), Tokenizer.Encode(word));
        }
    }

    [Fact]
    public void Encode_InPiecesCutAnywhere_GivesTheIdsOfTheWhole() => TokenizerTexts.ForAll(100, text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var whole = Tokenizer.Encode(text);
        for (var size = 1; size < bytes.Length; size += 1 + (size / 3))
        {
            Assert.Equal(whole, TokenizerTexts.EncodeInPieces(Tokenizer, bytes, size));
        }
    });

    [Fact]
    public void Encode_OfBytesThatAreNoText_DecodesToTheSameBytes()
    {
        var random = new RandomStreams(4).Stream("bytes");
        for (var i = 0; i < 300; i++)
        {
            var bytes = Enumerable.Range(0, random.NextInt32(60)).Select(_ => (byte)random.NextInt32(256)).ToArray();
            var tokens = TokenizerTexts.EncodeInPieces(Tokenizer, bytes, Math.Max(1, bytes.Length));
            Assert.Equal(bytes, Tokenizer.DecodeBytes([.. tokens]));
            Assert.Equal(tokens, TokenizerTexts.EncodeInPieces(Tokenizer, bytes, 3));
        }
    }

    [Fact]
    public void EveryToken_MergesToItself()
    {
        for (var token = 0; token < Gpt2Ranks.Count; token++)
        {
            Assert.Equal([token], SlowGpt2.Merge(Tokenizer.DecodeBytes([token])));
        }
    }

    [Fact]
    public void Ids_GoIntoAnyCollection()
    {
        var tokens = new LinkedList<int>();
        Assert.Equal(11, Tokenizer.Encode("Hello world"u8, true, tokens));
        Assert.Equal([15496, 995], tokens);
    }

    [Fact]
    public void Vocabulary_HasTheEndOfTextAsItsLastToken()
    {
        Assert.Equal(50257, Tokenizer.VocabularySize);
        Assert.Equal(50256, Tokenizer.EndOfText);
        Assert.Equal("<|endoftext|>", Tokenizer.Decode([50256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([50257]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([-1]));
    }

    [Fact]
    public void Encode_FromSeveralThreads_GivesTheSameIds()
    {
        var fresh = new Gpt2Tokenizer(Gpt2Ranks.Read(Gpt2Ranks.ShippedPath));
        Parallel.For(0, 64, i => Assert.Equal(Tokenizer.Encode(StoryBook.Tell(2, i % 8)), fresh.Encode(StoryBook.Tell(2, i % 8))));
    }

    [Fact]
    public void Ranks_ThatAreMissing_AreNamedWithWhatToDo()
    {
        var path = Path.Combine(_folder.Path, "r50k_base.tiktoken");
        var problem = Assert.Throws<SpecException>(() => Gpt2Ranks.Read(path)).Problems[0];
        Assert.Equal("dataset.tokenizer", problem.Path);
        Assert.Equal($"The tokens of GPT-2 are missing: {path} does not exist.", problem.Reason);
        Assert.Equal(new SpecFix("dataset.tokenizer", "bytes"), Assert.Single(problem.Fixes));
    }

    [Theory]
    [InlineData("IQ== 0\nIg== one\n", "Line 2 of")]
    [InlineData("IQ== 0\n??? 1\n", "Line 2 of")]
    [InlineData("IQ== 0\nIg== 0\n", "Line 2 of")]
    [InlineData("IQ== 99999\n", "Line 1 of")]
    [InlineData("IQ== 0\nIg== 1\n", "no token of rank 2")]
    public void Ranks_ThatAreDamaged_AreNamed(string content, string reason)
    {
        var problem = Assert.Throws<SpecException>(() => Gpt2Ranks.Read(_folder.Write("ranks", content))).Problems[0];
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
    }
}
