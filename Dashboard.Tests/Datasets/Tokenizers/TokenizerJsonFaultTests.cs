using System.Text;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>Each way in which a tokenizer.json can be unusable is named, with what is supported.</summary>
public sealed class TokenizerJsonFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "it is empty.")]
    [InlineData("{\n  \"model\": tru\n}", "line 2, column 15 is not JSON.")]
    [InlineData("{\"model\":", "line 1, column 10 is not JSON.")]
    [InlineData("hello", "line 1, column 1 is not JSON.")]
    [InlineData("[1]", "it is a list, not an object.")]
    [InlineData("{}", "model is missing.")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"\\ud800\":0},\"merges\":[]}}", "it holds text that is not Unicode.")]
    public void Content_ThatIsNoTokenizer_IsNamed(string content, string reason) => Assert.Contains(Load(content), problem => problem.Reason.EndsWith($": {reason}", StringComparison.Ordinal));

    [Theory]
    [InlineData("model", "null", "model is null, not an object.")]
    [InlineData("model.vocab", "", "model.vocab is missing.")]
    [InlineData("model.vocab", "[]", "model.vocab is a list, not an object.")]
    [InlineData("model.vocab.!", "\"0\"", "model.vocab gives \"!\" \"0\", not an id from 0 on.")]
    [InlineData("model.vocab.!", "-1", "model.vocab gives \"!\" -1, not an id from 0 on.")]
    [InlineData("model.vocab.!", "1.5", "model.vocab gives \"!\" 1.5, not an id from 0 on.")]
    [InlineData("model.vocab.!", "34", "\"!\" and \"\"\" have the same id 34.")]
    [InlineData("model.vocab.!", "700", "no token has the id 33, but one has 700.")]
    [InlineData("model.vocab.!", "", "no token has the id 33, but one has 655.")]
    [InlineData("model.merges", "", "model.merges is missing.")]
    [InlineData("model.merges", "{}", "model.merges is an object, not a list.")]
    [InlineData("model.merges", "[\"a b c\"]", "merge 1 is \"a b c\", not two tokens.")]
    [InlineData("model.merges", "[\"h e\", [\"a\"]]", "merge 2 is [\"a\"], not two tokens.")]
    [InlineData("model.merges", "[7]", "merge 1 is 7, not two tokens.")]
    [InlineData("model.merges", "[\"h e\", \"zq zq\"]", "merge 2 names \"zqzq\", which is not in model.vocab.")]
    [InlineData("model.merges", "[\"h e\", \"h e\"]", "merge 2 (\"h\" and \"e\") is there twice.")]
    [InlineData("model.type", "\"WordPiece\"", "the model \"WordPiece\" is not supported.")]
    [InlineData("model.type", "7", "model.type is a number, not text.")]
    [InlineData("model.byte_fallback", "true", "model.byte_fallback is true, so it is not byte-level.")]
    [InlineData("model.byte_fallback", "3", "model.byte_fallback is a number, not true or false.")]
    [InlineData("model.dropout", "0.1", "model.dropout is 0.1, so a text would have other tokens each time.")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix is \"</w>\".")]
    [InlineData("normalizer", "{\"type\":\"Lowercase\"}", "the normalizer \"Lowercase\" is not supported.")]
    [InlineData("normalizer", "7", "normalizer is a number, not an object.")]
    [InlineData("decoder", "{\"type\":\"Metaspace\"}", "the decoder \"Metaspace\" is not supported.")]
    [InlineData("pre_tokenizer", "null", "it has no pre-tokenizer, so it is not byte-level.")]
    [InlineData("pre_tokenizer", "{\"type\":\"Whitespace\"}", "the pre-tokenizer \"Whitespace\" is not supported.")]
    [InlineData("pre_tokenizer", "{\"type\":\"ByteLevel\",\"add_prefix_space\":true}", "the pre-tokenizer \"ByteLevel\" has add_prefix_space: true, which puts a space before a text, so that it would not decode to itself.")]
    [InlineData("pre_tokenizer", "{\"type\":\"Digits\",\"individual_digits\":true}", "the pre-tokenizer ends in \"Digits\", so it is not byte-level.")]
    [InlineData("pre_tokenizer", "{\"type\":\"ByteLevel\"}", "pre_tokenizer \"ByteLevel\".add_prefix_space is missing.")]
    [InlineData("added_tokens", "[{\"id\":656}]", "added_tokens[0].content is missing.")]
    [InlineData("added_tokens", "[{\"id\":656,\"content\":\"\"}]", "added_tokens[0].content is empty.")]
    [InlineData("added_tokens", "[{\"id\":-2,\"content\":\"x\"}]", "added_tokens[0].id is -2, not an id from 0 on.")]
    [InlineData("added_tokens", "[{\"id\":900,\"content\":\"<x>\"}]", "no token has the id 656, but one has 900.")]
    [InlineData("added_tokens", "[{\"id\":33,\"content\":\"<x>\"}]", "\"!\" and \"<x>\" have the same id 33.")]
    [InlineData("added_tokens", "[{\"id\":656,\"content\":\"!\"}]", "\"!\" has the id 656 in added_tokens and 33 in model.vocab.")]
    [InlineData("added_tokens", "[{\"id\":656,\"content\":\"<x>\"},{\"id\":657,\"content\":\"<x>\"}]", "added_tokens has \"<x>\" twice.")]
    [InlineData("added_tokens", "[{\"id\":656,\"content\":\"<x>\",\"lstrip\":true}]", "the added token \"<x>\" is not special and has lstrip: true.")]
    public void Member_ThatIsMissingOrWrong_IsNamed(string member, string value, string reason)
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        var names = member.Split('.');
        var owner = names[..^1].Aggregate((JsonNode)file, (node, name) => node[name]!).AsObject();
        if (value.Length == 0)
        {
            owner.Remove(names[^1]);
        }
        else
        {
            owner[names[^1]] = JsonNode.Parse(value);
        }

        var problem = Assert.Single(Load(file.ToJsonString()));
        Assert.Equal($"\"{_folder.File("tokenizer.json")}\": {reason}", problem.Reason);
        Assert.Equal("dataset.tokenizerFile", problem.Path);
        Assert.NotEmpty(problem.Remedy);
    }

    [Theory]
    [InlineData("{\"type\":\"Metaspace\"}", "the pre-tokenizer \"Metaspace\" is not supported.")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a|b\"},\"behavior\":\"Isolated\",\"invert\":false}", "the pattern a|b of the pre-tokenizer \"Split\" is not known.")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"String\":\" \"},\"behavior\":\"Isolated\",\"invert\":false}", "the pattern {\"String\":\" \"} of the pre-tokenizer \"Split\" is not known.")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Removed\",\"invert\":false}", "the pre-tokenizer \"Split\" has behavior Removed.")]
    [InlineData("{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Isolated\",\"invert\":true}", "the pre-tokenizer \"Split\" has behavior Isolated, inverted.")]
    [InlineData("{\"type\":\"ByteLevel\",\"add_prefix_space\":false}", "the pre-tokenizer \"ByteLevel\" stands before another.")]
    [InlineData("{\"type\":\"Digits\"}", "pre_tokenizer \"Digits\".individual_digits is missing.")]
    public void SplitBeforeTheBytes_ThatIsUnknown_IsNamed(string split, string reason)
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        file["pre_tokenizer"] = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(JsonNode.Parse(split), JsonNode.Parse(SampleTokenizer.Gpt2)) };
        Assert.EndsWith($": {reason}", Assert.Single(Load(file.ToJsonString())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ByteThatHasNoToken_IsNamed()
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        file["model"]!["vocab"]!.AsObject().Remove("!");
        file["model"]!["vocab"]!["!?!"] = 33;
        Assert.EndsWith(": no token stands for the byte 0x21, which byte-level BPE writes \"!\".", Assert.Single(Load(file.ToJsonString())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TokenGivenTwice_IsNamed()
    {
        var text = SampleTokenizer.Create(SampleTokenizer.Gpt2).ToJsonString().Replace("\"vocab\":{", "\"vocab\":{\"!\":33,", StringComparison.Ordinal);
        Assert.EndsWith(": model.vocab has \"!\" twice.", Assert.Single(Load(text)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void MergeThatMakesASpecialToken_IsNamed()
    {
        var file = SampleTokenizer.Create(SampleTokenizer.Gpt2);
        file["added_tokens"] = JsonNode.Parse($$"""[{"id":{{(int)file["model"]!["vocab"]!["he"]!}},"content":"he","special":true}]""");
        Assert.Contains("makes the special token \"he\".", Assert.Single(Load(file.ToJsonString())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AllProblems_AreToldAtOnce()
    {
        var file = SampleTokenizer.Create("""{"type":"Whitespace"}""");
        file["normalizer"] = JsonNode.Parse("""{"type":"NFKC"}""");
        file["model"]!["type"] = "Unigram";
        Assert.Equal(3, Load(file.ToJsonString()).Count);
    }

    [Fact]
    public void Path_ThatIsNoFile_IsNamedWithTheFileInside()
    {
        Assert.Equal("No tokenizer is named.", Problem(" ").Reason);
        Assert.EndsWith("cannot be read: there is no such file.", Problem(_folder.File("none.json")).Reason, StringComparison.Ordinal);
        Assert.EndsWith("is a folder, and there is no tokenizer.json in it.", Problem(_folder.Path).Reason, StringComparison.Ordinal);
        var inside = _folder.Write("tokenizer.json", "{}");
        Assert.Equal(new SpecFix("dataset.tokenizerFile", inside), Assert.Single(Problem(_folder.Path).Fixes));
    }

    [Fact]
    public void FileThatIsTooLarge_IsNotRead()
    {
        var path = _folder.File("model.bin");
        using (var file = File.Create(path))
        {
            file.SetLength(TokenizerJson.LargestFile + 1);
        }

        Assert.EndsWith(": it has 134,217,729 bytes, more than the 134,217,728 that a tokenizer may have.", Problem(path).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_ThatAreNoUtf8_AreNamed()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"?\":0},\"merges\":[]}}");
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xFF;
        Assert.NotEmpty(Assert.Throws<SpecException>(() => TokenizerJson.Load(_folder.Write("tokenizer.json", bytes))).Problems);
    }

    private static SpecProblem Problem(string path) => Assert.Single(Assert.Throws<SpecException>(() => TokenizerJson.Load(path)).Problems);

    private IReadOnlyList<SpecProblem> Load(string content) => Assert.Throws<SpecException>(() => TokenizerJson.Load(_folder.Write("tokenizer.json", content))).Problems;
}
