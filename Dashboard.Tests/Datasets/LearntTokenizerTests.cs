using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Texts in tokens that are learnt from them, or that a file brings.</summary>
public sealed class LearntTokenizerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bpe_IsLearntOnce_FromTheTrainingSplitAlone()
    {
        // Words of the last sixth never are in the training split, so no token holds more of them than the others give.
        var path = _folder.Write("a.txt", string.Concat(Enumerable.Repeat("the cat sat on the mat and purred ", 3000)) + string.Concat(Enumerable.Repeat("zyxwvu ", 2500)));
        var options = new TextOptions { Path = path, Tokenizer = TokenizerChoice.Bpe, TokenizerSize = 270 };
        Assert.Empty(new Text().Validate(options, 32, 270));
        using (var stream = Open(options, 270))
        {
            var batch = stream.EvaluationBatch(HeldOut.Validation, 0, 2, 2);
            Assert.Contains("zyxwvu", stream.Decode(batch.Inputs), StringComparison.Ordinal);
            Assert.Contains(stream.TrainingBatch(50, new RandomStreams(1).Stream(RandomStreams.Data)).Inputs, token => token > 256);
        }

        var learnt = Assert.Single(Directory.GetFiles(_folder.Data.Datasets, "tokenizer-*.json"));
        var tokenizer = TokenizerJson.Load(learnt);
        Assert.Equal(270, tokenizer.VocabularySize);
        Assert.Equal("zyxwvu".Length, tokenizer.Encode("zyxwvu").Length);
        Assert.True(tokenizer.Encode(" the").Length < 3);
        Assert.Equal("the", string.Concat(new Text().TextsOf(_folder.Data, options, tokenizer.Encode("the"))));
        var time = File.GetLastWriteTimeUtc(learnt);
        Open(options, 270).Dispose();
        Assert.Equal(time, File.GetLastWriteTimeUtc(learnt));

        // The file serves other texts as well, with the very same tokens.
        using var file = Open(options with { Tokenizer = TokenizerChoice.File, TokenizerFile = learnt }, 270);
        using var own = Open(options, 270);
        Assert.Equal(own.EvaluationBatch(HeldOut.Test, 0, 3, 3).Inputs, file.EvaluationBatch(HeldOut.Test, 0, 3, 3).Inputs);
        Assert.Equal(own.TokenizerKey, file.TokenizerKey);
    }

    [Fact]
    public void Bpe_OfRecordsThatHoldMoreThanTheText_IsLearntFromTheTrainingSplitAlone()
    {
        // Three quarters of the file are another field of its last records, so three fifths of its bytes reach into the held-out text.
        var lines = Enumerable.Range(0, 1000).Select(i => System.Text.Json.JsonSerializer.Serialize(new
        {
            text = i < 880 ? "the cat sat on the mat and purred at the moon" : "zyxwvu zyxwvu zyxwvu zyxwvu zyxwvu zyxwvu zyx",
            meta = new string('m', i < 950 ? 0 : 4000),
        }));
        var options = new TextOptions { Path = _folder.Write("a.jsonl", string.Join('\n', lines)), Tokenizer = TokenizerChoice.Bpe, TokenizerSize = 280 };
        Open(options, 280).Dispose();
        var tokenizer = TokenizerJson.Load(Assert.Single(Directory.GetFiles(_folder.Data.Datasets, "tokenizer-*.json")));
        Assert.Equal("zyxwvu".Length, tokenizer.Encode("zyxwvu").Length);
        Assert.True(tokenizer.Encode(" the cat").Length < 4);
    }

    [Fact]
    public void TokenizerFile_ThatIsNotThere_OrNotUsed_IsRefusedAtItsField()
    {
        var path = _folder.Write("a.txt", new string('a', 9000));
        var missing = Assert.Single(new Text().Validate(new TextOptions { Path = path, Tokenizer = TokenizerChoice.File, TokenizerFile = "/no/tokenizer.json" }, 32, 256));
        Assert.Equal("dataset.tokenizerFile", missing.Path);
        var unused = Assert.Single(new Text().Validate(new TextOptions { Path = path, TokenizerFile = "/no/tokenizer.json" }, 32, 256));
        Assert.Equal(("dataset.tokenizerFile", new SpecFix("dataset.tokenizer", "file")), (unused.Path, unused.Fixes[0]));
        Assert.Equal(4096, new Text().NaturalVocabulary(new TextOptions { Path = path, Tokenizer = TokenizerChoice.Bpe }));
    }

    [Fact]
    public void TextThatGivesFewerTokens_SaysHowMany()
    {
        var path = _folder.Write("a.txt", string.Concat(Enumerable.Repeat("ab ", 3000)));
        var fault = Assert.Throws<SpecException>(() => Open(new TextOptions { Path = path, Tokenizer = TokenizerChoice.Bpe, TokenizerSize = 5000 }, 5000));
        Assert.Equal("dataset.tokenizerSize", fault.Problems[0].Path);
    }

    [Fact]
    public void Preparation_ThatIsCancelled_LeavesNothing()
    {
        var path = _folder.Write("a.txt", string.Concat(Enumerable.Repeat("the cat sat on the mat ", 200_000)));
        var told = new List<double>();
        var options = new TextOptions { Path = path };
        Assert.Throws<OperationCanceledException>(() => new Text().Prepare(_folder.Data, options, (_, share) =>
        {
            told.Add(share);
            throw new OperationCanceledException();
        }));
        Assert.Single(told);
        Assert.Empty(Directory.GetFiles(_folder.Data.Datasets));
        told.Clear();
        new Text().Prepare(_folder.Data, options, (what, share) =>
        {
            Assert.Equal($"Tokenizing \"{path}\"", what);
            told.Add(share);
        });
        Assert.True(told.Count > 2 && told[^1] == 1);
        Assert.Equal(told.Order(), told);
        told.Clear();
        new Text().Prepare(_folder.Data, options, (_, share) => told.Add(share));
        Assert.Empty(told);
    }

    private TokenStream Open(TextOptions options, int vocabulary) => new Text().Open(_folder.Data, options, 32, vocabulary);
}
