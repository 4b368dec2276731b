using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Noise;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

public sealed class NoisyTextTests : IDisposable
{
    private const int Context = 96;
    private static readonly NoisyTextOptions Usual = new() { Stories = 400, TokenizerSize = 600 };
    private readonly TempFolder _folder = new();
    private readonly NoisyText _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TokenizerChoice.Bytes)]
    [InlineData(TokenizerChoice.Gpt2)]
    [InlineData(TokenizerChoice.Bpe)]
    public void RateZero_IsTheTextItself(TokenizerChoice tokenizer)
    {
        using var clean = new Stories().Open(_folder.Data, new StoriesOptions { Stories = 400, Tokenizer = tokenizer, TokenizerSize = 600 }, Context, 50257);
        using var stream = Open(Usual with { Rate = 0, Tokenizer = tokenizer });
        var random = new RandomStreams(4).Stream(RandomStreams.Data, 1);
        var (batch, text) = (stream.TrainingBatch(20, random), clean.TrainingBatch(20, random));
        for (var row = 0; row < 20; row++)
        {
            var whole = Row(text.Inputs, row).Append(text.Targets[((row + 1) * Context) - 1]).ToArray();
            var (inputs, targets) = Filled(batch, row);
            Assert.True(whole.AsSpan().IndexOf([.. inputs, targets[^1]]) >= 0);
            Assert.Equal(inputs.Skip(1), targets.SkipLast(1));
            Assert.Equal(Row(batch.Classes!, row).Select(item => item != TokenClass.Padding), Row(batch.Counted!, row));
            Assert.True(inputs.Length > (tokenizer == TokenizerChoice.Bytes ? Context / 2 : Context / 6));
        }

        Assert.Equal(0, stream.NoiseShare);
    }

    [Theory]
    [InlineData(TokenizerChoice.Bytes)]
    [InlineData(TokenizerChoice.Gpt2)]
    [InlineData(TokenizerChoice.Bpe)]
    public void Words_AtEveryRate_AreTheSame_AndClassesTellWhichWereMistaken(TokenizerChoice tokenizer)
    {
        using var clean = Open(Usual with { Rate = 0, Tokenizer = tokenizer });
        var text = clean.EvaluationBatch(HeldOut.Validation, 0, 20, 20);
        foreach (var rate in new[] { 0.02, 0.2, 0.6, 1 })
        {
            using var stream = Open(Usual with { Rate = rate, Tokenizer = tokenizer });
            var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 20, 20);
            var mistaken = 0;
            for (var row = 0; row < 20; row++)
            {
                Assert.Equal(Answers(text, row), Answers(batch, row));
                Assert.Equal(Row(batch.Classes!, row).Select(item => item == TokenClass.Answer), Row(batch.Counted!, row));
                var (words, noisy) = (Words(text, row), Words(batch, row));
                Assert.Equal(words.Count, noisy.Count);
                for (var i = 0; i < words.Count; i++)
                {
                    var (before, after) = (clean.Decode(words[i].Tokens), clean.Decode(noisy[i].Tokens));
                    Assert.Equal(Spaces(before), Spaces(after));
                    Assert.Equal(before == after ? TokenClass.Signal : TokenClass.Noise, Assert.Single(noisy[i].Classes.Distinct()));
                    Assert.True(before != after || words[i].Tokens.SequenceEqual(noisy[i].Tokens));
                    Assert.True(i == 0 || words[i].Tokens[0] == Answers(batch, row)[i - 1]);
                    mistaken += before == after ? 0 : 1;
                }
            }

            Assert.True(mistaken > 0);
        }
    }

    [Fact]
    public void Training_CountsTheInsideOfWords_WhereNothingIsMistaken()
    {
        using var stream = Open(Usual with { Rate = 0.1 });
        var batch = stream.TrainingBatch(30, new RandomStreams(1).Stream(RandomStreams.Data));
        for (var i = 0; i < batch.Inputs.Length; i++)
        {
            var inside = batch.Classes![i] == TokenClass.Plain && batch.InputClasses![i] == TokenClass.Signal;
            Assert.Equal(inside || batch.Classes[i] == TokenClass.Answer, batch.Counted![i]);
            Assert.True(!inside || batch.Targets[i] == batch.Inputs[i + 1]);
        }

        Assert.Contains(TokenClass.Noise, batch.InputClasses!);
    }

    [Fact]
    public void Rates_AreNested_AndTheShareIsCounted()
    {
        var typos = Usual with { SwapWeight = 0, DropWeight = 0, DoubleWeight = 0, OcrWeight = 0 };
        using var clean = Open(typos with { Rate = 0 });
        var (text, last) = (clean.EvaluationBatch(HeldOut.Validation, 0, 64, 64).Inputs, Array.Empty<int>());
        foreach (var rate in new[] { 0.05, 0.3, 0.9 })
        {
            using var stream = Open(typos with { Rate = rate });
            var noisy = stream.EvaluationBatch(HeldOut.Validation, 0, 64, 64).Inputs;
            var places = Enumerable.Range(0, text.Length).Where(i => text[i] != noisy[i]).ToArray();
            var (letters, characters) = (text.Count(token => char.IsAsciiLetterOrDigit((char)token)), text.Count(token => token > ' '));
            Assert.Equal((double)places.Length / characters, stream.NoiseShare!.Value, 12);
            Assert.InRange((double)places.Length / letters, rate - (3 * Math.Sqrt(rate * (1 - rate) / letters)), rate + (3 * Math.Sqrt(rate * (1 - rate) / letters)));
            Assert.Subset(places.ToHashSet(), last.ToHashSet());
            Assert.All(last, place => Assert.NotEqual(text[place], noisy[place]));
            last = places;
        }
    }

    [Fact]
    public void Chance_IsTheEntropyOfFirstTokens()
    {
        using var stream = Open(Usual with { Rate = 0 });
        var batch = stream.TrainingBatch(3000, new RandomStreams(1).Stream(RandomStreams.Data));
        var counts = batch.Targets.Where((_, i) => batch.Classes![i] == TokenClass.Answer).GroupBy(token => token).Select(group => (double)group.Count()).ToArray();
        Assert.Equal(-counts.Sum(count => count / counts.Sum() * Math.Log(count / counts.Sum())), stream.Chance, 0.02);
    }

    [Theory]
    [InlineData("noblanksatall")]
    [InlineData("字が続く文章には空白がない🦊")]
    [InlineData("a b c d é ü \t ")]
    public void Text_OfAnyScript_HasWords(string piece)
    {
        var path = _folder.Write("a.txt", string.Concat(Enumerable.Range(0, 900).Select(i => piece + (i % 7))));
        foreach (var tokenizer in new[] { TokenizerChoice.Bytes, TokenizerChoice.Gpt2 })
        {
            var options = Usual with { Source = TextOrigin.Text, Path = path, Tokenizer = tokenizer };
            using var clean = Open(options with { Rate = 0 }, 32);
            using var stream = Open(options with { Rate = 0.7 }, 32);
            var (text, batch) = (clean.EvaluationBatch(HeldOut.Test, 0, 16, 16), stream.EvaluationBatch(HeldOut.Test, 0, 16, 16));
            Assert.All(batch.Counted!.Chunk(32), row => Assert.Contains(true, row));
            Assert.Equal(Counted(text), Counted(batch));
        }
    }

    [Fact]
    public void Starts_AreTheTokensThatHoldThem()
    {
        var text = string.Concat(Enumerable.Range(0, 20).Select(i => StoryBook.Tell(3, i))) + "  two  blanks\n\n\tand 🦊fox é\r\nend ";
        foreach (var tokenizer in new Tokenizer[] { ByteTokenizer.Instance, Gpt2Tokenizer.Shared })
        {
            var tokens = tokenizer.Encode(text);
            var (bytes, starts, at) = (Encoding.UTF8.GetBytes(text), new List<int>(), 0);
            for (var i = 0; i < tokens.Length; i++)
            {
                var length = tokenizer.DecodeBytes([tokens[i]]).Length;
                if (Enumerable.Range(at, length).Any(place => place > 0 && !" \n\r\t".Contains((char)bytes[place]) && " \n\r\t".Contains((char)bytes[place - 1])))
                {
                    starts.Add(i);
                }

                at += length;
            }

            Assert.Equal(starts, new WordStarts(tokenizer).Find(tokens, int.MaxValue));
        }

        Assert.Equal([3, 6, 9], new WordStarts(ByteTokenizer.Instance).Find([.. "abcdefghij"u8.ToArray()], 3));
        Assert.Equal([1, 2, 3], new WordStarts(Gpt2Tokenizer.Shared).Find([.. Gpt2Tokenizer.Shared.Encode("one"), 50256, .. Gpt2Tokenizer.Shared.Encode("two three")], 9));
    }

    [Fact]
    public void Mistakes_InOptions_AreNamed()
    {
        var none = Usual with { TypoWeight = 0, SwapWeight = 0, DropWeight = 0, DoubleWeight = 0, OcrWeight = 0 };
        Assert.Equal(["shape.contextLength", "dataset.rate"], _dataset.Validate(none, 7, 256).Select(problem => problem.Path));
        Assert.Throws<SpecException>(() => Open(none));
        Assert.Empty(_dataset.Validate(none with { Rate = 0 }, 8, 256));
        Open(Usual, 8).Dispose();
    }

    private static List<(int[] Tokens, TokenClass[] Classes)> Words(TokenBatch batch, int row)
    {
        var (words, start) = (new List<(int[], TokenClass[])>(), row * Context);
        for (var i = start; i < (row + 1) * Context; i++)
        {
            if (batch.Classes![i] == TokenClass.Answer)
            {
                words.Add((batch.Inputs[start..(i + 1)], batch.InputClasses![start..(i + 1)]));
                start = i + 1;
            }
        }

        Assert.Equal(start, (row * Context) + Row(batch.Classes!, row).Count(item => item != TokenClass.Padding));
        return words;
    }

    private static (int[] Inputs, int[] Targets) Filled(TokenBatch batch, int row)
    {
        var count = Row(batch.Classes!, row).Count(item => item != TokenClass.Padding);
        return (Row(batch.Inputs, row)[..count], Row(batch.Targets, row)[..count]);
    }

    private static int[] Answers(TokenBatch batch, int row) => [.. Row(batch.Targets, row).Where((_, i) => batch.Classes![(row * Context) + i] == TokenClass.Answer)];

    private static int[] Counted(TokenBatch batch) => [.. batch.Targets.Where((_, i) => batch.Counted![i])];

    private static T[] Row<T>(T[] values, int row) => values[(row * Context)..((row + 1) * Context)];

    private static string Spaces(string text) => string.Concat(text.Where(char.IsWhiteSpace));

    private TokenStream Open(NoisyTextOptions options, int context = Context) => _dataset.Open(_folder.Data, options, context, 50257);
}
