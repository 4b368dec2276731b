using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Text in GPT-2's tokens: encoded once into a file of the data folder.</summary>
public sealed class TextGpt2Tests : IDisposable
{
    private const int EndOfText = 50256;
    private readonly TempFolder _folder = new();
    private readonly Text _dataset = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_OfAText_AreItsTokensInOrder()
    {
        var text = Prose(0, 40);
        using var stream = Open(_folder.Write("a.txt", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]), 32);
        var all = Gpt2Tokenizer.Shared.Encode(text);
        var validation = all.Length - Math.Max(all.Length / 10, Math.Min(all.Length / 4, 64 * 129));
        var training = validation - Math.Max(all.Length / 20, Math.Min(all.Length / 8, 64 * 129));
        var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 3, 3);
        for (var row = 0; row < 3; row++)
        {
            var start = validation + (row * (all.Length - validation) / 3);
            Assert.Equal(all.Skip(start).Take(32), batch.Inputs.Skip(row * 32).Take(32));
            Assert.Equal(all.Skip(start + 1).Take(32), batch.Targets.Skip(row * 32).Take(32));
        }

        Assert.Contains(stream.Decode(batch.Inputs.AsSpan(0, 32)), text, StringComparison.Ordinal);
        var counts = all.Take(training).GroupBy(token => token).Select(group => group.Count() / (double)training);
        Assert.Equal(counts.Sum(share => -share * Math.Log(share)), stream.Chance, 10);
    }

    [Fact]
    public void Text_LargerThanABlock_HasTheTokensOfTheWhole()
    {
        var text = string.Concat(Enumerable.Repeat(Prose(5, 30) + "  naïve 🦊\n\n\n", 90));
        Assert.True(text.Length > 2 << 20);
        using var stream = Open(_folder.Write("a.txt", text), 64);
        var all = Gpt2Tokenizer.Shared.Encode(text);
        Assert.Equal(all.Skip(all.Length - (all.Length / 10)).Take(64), stream.EvaluationBatch(HeldOut.Validation, 0, 2, 2).Inputs.Take(64));
        Assert.Equal(all.Length / 10 / 65, stream.EvaluationCapacity(HeldOut.Validation));
    }

    [Fact]
    public void Documents_OfAFolder_HaveTheEndOfTextBetween()
    {
        _folder.Write("books/a.txt", string.Concat(Enumerable.Repeat(" a", 300)));
        _folder.Write("books/b.txt", string.Concat(Enumerable.Repeat(" b", 3000)));
        using var stream = Open(Path.Combine(_folder.Path, "books"), 16);
        var batch = stream.TrainingBatch(5000, new RandomStreams(1).Stream(RandomStreams.Data));
        Assert.Equal([257, 275, EndOfText], batch.Inputs.Distinct().Order());
        var end = Array.IndexOf(batch.Inputs, EndOfText, 1);
        Assert.Equal(275, batch.Targets[end]);
        Assert.Contains("a<|endoftext|> b", stream.Decode(batch.Inputs.AsSpan(end / 16 * 16, 16)) + stream.Decode([257, EndOfText, 275]), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_AreWrittenOnceAndAgainWhenTheTextChanges()
    {
        var path = _folder.Write("a.txt", Prose(0, 10));
        Open(path, 32).Dispose();
        var prepared = Assert.Single(Directory.GetFiles(_folder.Data.Datasets));
        var time = File.GetLastWriteTimeUtc(prepared);
        Open(path, 64).Dispose();
        Assert.Equal(time, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(_folder.Data.Datasets))));
        File.WriteAllText(path, Prose(20, 10));
        Open(path, 32).Dispose();
        Assert.Equal(2, Directory.GetFiles(_folder.Data.Datasets).Length);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0)]
    [InlineData(1000, 0)]
    [InlineData(int.MaxValue, 500)]
    [InlineData(int.MaxValue, 12)]
    public void PreparedTokens_ThatAreDamaged_AreMadeAgainAndThatIsSaid(int length, int changed)
    {
        var path = _folder.Write("a.txt", Prose(0, 10));
        Open(path, 32).Dispose();
        var prepared = Assert.Single(Directory.GetFiles(_folder.Data.Datasets));
        var whole = File.ReadAllBytes(prepared);
        var bytes = whole[..Math.Min(length, whole.Length)];
        if (changed > 0)
        {
            bytes[changed] ^= 4;
        }

        File.WriteAllBytes(prepared, bytes);
        using (var mended = Open(path, 32))
        {
            Assert.Equal($"The prepared tokens in {prepared} were damaged; they were made again from the text.", Assert.Single(mended.Notes));
        }

        Assert.Equal(whole, File.ReadAllBytes(prepared));
        using var again = Open(path, 32);
        Assert.Empty(again.Notes);
    }

    [Fact]
    public void BadText_LeavesNothingBehind()
    {
        var bytes = Encoding.UTF8.GetBytes(Prose(0, 2000));
        bytes[200_000] = 0xFF;
        var path = _folder.Write("a.txt", bytes);
        Assert.Empty(_dataset.Validate(new TextOptions { Path = path, Tokenizer = TokenizerChoice.Gpt2 }, 32, 50257));
        Assert.Contains("0xFF", Assert.Throws<SpecException>(() => Open(path, 32)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Data.Datasets));
    }

    [Fact]
    public void ShortText_IsMeasuredInTokens()
    {
        var path = _folder.Write("a.txt", string.Concat(Enumerable.Repeat(" hello", 1031)));
        var options = new TextOptions { Path = path, Tokenizer = TokenizerChoice.Gpt2 };
        var problem = Assert.Single(_dataset.Validate(options, 128, 50257));
        Assert.EndsWith("has 1,031 tokens (gpt2); a context of 128 needs at least 1,032.", problem.Reason, StringComparison.Ordinal);
        Assert.Equal(problem.ToString(), Assert.Throws<SpecException>(() => Open(path, 128)).Message);
        Assert.Empty(_dataset.Validate(options, 64, 50257));
        Assert.Empty(_dataset.Validate(options with { Tokenizer = TokenizerChoice.Bytes }, 128, 256));
    }

    [Fact]
    public void Vocabulary_SmallerThanGpt2s_IsRefusedNeverFolded()
    {
        var options = new TextOptions { Path = _folder.Write("a.txt", Prose(0, 10)), Tokenizer = TokenizerChoice.Gpt2 };
        Assert.Equal(50257, _dataset.NaturalVocabulary(options));
        var problem = Assert.Single(_dataset.Validate(options, 32, 4096));
        Assert.Equal("shape.vocabulary: 4,096 is smaller than the 50,257 token ids of gpt2. Use 50,257, or leave it empty.", problem.ToString());
        Assert.Equal(new SpecFix("shape.vocabulary", "50257"), Assert.Single(problem.Fixes));
    }

    [Fact]
    public void Stories_InGpt2Tokens_AreReadAsTextIs()
    {
        var options = new StoriesOptions { Stories = 100, Tokenizer = TokenizerChoice.Gpt2 };
        using var stream = new Stories().Open(_folder.Data, options, 64, 50257);
        Assert.Matches("[a-z]{3}", stream.Decode(stream.EvaluationBatch(HeldOut.Validation, 0, 1, 1).Inputs));
        Assert.InRange(stream.Chance, 5, 6.5);
    }

    private static string Prose(int first, int count) => string.Join('\n', Enumerable.Range(first, count).Select(i => StoryBook.Tell(1, i)));

    private TokenStream Open(string path, int context) =>
        _dataset.Open(_folder.Data, new TextOptions { Path = path, Tokenizer = TokenizerChoice.Gpt2 }, context, 50257);
}
