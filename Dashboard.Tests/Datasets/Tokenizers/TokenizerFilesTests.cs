using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

public sealed class TokenizerFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_ThatStaysAsItIs_IsReadOnce()
    {
        var path = _folder.Write("tokenizer.json", SampleTokenizer.Create(SampleTokenizer.Gpt2).ToJsonString());
        var first = TokenizerFiles.Get(path);
        Assert.Same(first, TokenizerFiles.Get(path));
        Assert.Empty(TokenizerFiles.Problems(path));
        _folder.Write("tokenizer.json", SampleTokenizer.Create(SampleTokenizer.Gpt2).WithToken("</s>").ToJsonString());
        Assert.Equal(first.VocabularySize + 1, TokenizerFiles.Get(path).VocabularySize);
    }

    [Fact]
    public void File_WithMistakes_TellsThemEachTime()
    {
        var path = _folder.Write("tokenizer.json", "{}");
        Assert.NotEmpty(TokenizerFiles.Problems(path));
        Assert.Equal(TokenizerFiles.Problems(path), TokenizerFiles.Problems(path));
        Assert.All(["", " ", "a\0b", _folder.Path, _folder.File("none.json")], missing => Assert.Equal("dataset.tokenizerFile", Assert.Single(TokenizerFiles.Problems(missing)).Path));
        _folder.Write("tokenizer.json", SampleTokenizer.Create(SampleTokenizer.Gpt2).ToJsonString());
        Assert.Empty(TokenizerFiles.Problems(path));
    }

    [Fact]
    public void ManyFiles_AreAllReadable()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 6; i++)
            {
                Assert.Equal(656, TokenizerFiles.Get(_folder.Write($"{i}.json", SampleTokenizer.Create(SampleTokenizer.Gpt2).ToJsonString())).VocabularySize);
            }
        }
    }
}
