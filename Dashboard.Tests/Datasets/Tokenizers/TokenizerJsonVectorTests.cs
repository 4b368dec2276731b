using System.Text.Json.Nodes;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>
/// Ids derived by hand. Single bytes have their value as id; the merges are h+e (256), l+l (257), he+ll (258), hell+o (259), space+h (260), 4+2 (261),
/// ,+space (262), !+line feed (263), line feed+line feed (264), space+space (265).
/// </summary>
public sealed class TokenizerJsonVectorTests : IDisposable
{
    private static readonly string[] Merges = ["h e", "l l", "he ll", "hell o", "Ġ h", "4 2", ", Ġ", "! Ċ", "Ċ Ċ", "Ġ Ġ"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hello hello hi", new int[] { 259, ' ', 259, 260, 'i' })]
    [InlineData("hell, hello", new int[] { 258, ',', ' ', 259 })]
    [InlineData("4242", new int[] { 261, 261 })]
    [InlineData("   42", new int[] { 265, ' ', 261 })]
    [InlineData("!\n\nhe", new int[] { '!', '\n', '\n', 256 })]
    [InlineData("é", new int[] { 0xC3, 0xA9 })]
    public void Gpt2_CutsWordsWithTheirBlank(string text, int[] ids) => AssertIds(SampleTokenizer.Gpt2, text, ids);

    [Theory]
    [InlineData("hello hello hi", new int[] { 259, ' ', 259, 260, 'i' })]
    [InlineData("4242", new int[] { '4', '2', '4', '2' })]
    [InlineData("   42", new int[] { 265, ' ', '4', '2' })]
    [InlineData("a  4", new int[] { 'a', 265, '4' })]
    [InlineData("hello4hello", new int[] { 259, '4', 259 })]
    public void SmolLm2_CutsDigitsOutFirst(string text, int[] ids) => AssertIds(SampleTokenizer.SmolLm2, text, ids);

    [Theory]
    [InlineData("hello hello hi", new int[] { 259, ' ', 259, 260, 'i' })]
    [InlineData("4242", new int[] { 261, '4', '2' })]
    [InlineData("14242", new int[] { '1', 261, 261 })]
    [InlineData("   42", new int[] { 265, ' ', 261 })]
    [InlineData("!\n\nhe", new int[] { 263, '\n', 256 })]
    [InlineData("\n\n  he", new int[] { 264, ' ', ' ', 256 })]
    [InlineData("(hello", new int[] { '(', 259 })]
    [InlineData("I'LL", new int[] { 'I', '\'', 'L', 'L' })]
    [InlineData("I'll", new int[] { 'I', '\'', 257 })]
    public void Llama3_CutsThreeDigitsAndKeepsLineEnds(string text, int[] ids) => AssertIds(SampleTokenizer.Llama3, text, ids);

    [Theory]
    [InlineData("4242", new int[] { '4', '2', '4', '2' })]
    [InlineData("   42", new int[] { 265, ' ', '4', '2' })]
    [InlineData("!\n\nhe", new int[] { 263, '\n', 256 })]
    public void Qwen2_CutsEachDigit(string text, int[] ids) => AssertIds(SampleTokenizer.Qwen2, text, ids);

    [Fact]
    public void WholeWord_ThatNoMergeMakes_IsFoundOnlyWhereMergesAreIgnored()
    {
        var file = File(SampleTokenizer.Llama3);
        file["model"]!["vocab"]!["Ġhello"] = 266;
        Assert.Equal([' ', 259], file.Load(_folder).Encode(" hello"));
        file["model"]!["ignore_merges"] = true;
        Assert.Equal([266], file.Load(_folder).Encode(" hello"));
    }

    private static JsonObject File(string preTokenizer)
    {
        var file = SampleTokenizer.Create(preTokenizer);
        var names = Enumerable.Range(0, 256).Select(b => SlowTokenizer.Letter((byte)b)).Concat(Merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)));
        file["model"]!["vocab"] = new JsonObject(names.Select((name, id) => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(id))));
        file["model"]!["merges"] = new JsonArray([.. Merges.Select(merge => (JsonNode)merge)]);
        return file;
    }

    private void AssertIds(string preTokenizer, string text, int[] ids)
    {
        var file = File(preTokenizer);
        var tokenizer = file.Load(_folder);
        Assert.Equal(ids, tokenizer.Encode(text));
        Assert.Equal(ids, new SlowTokenizer(file).Encode(text));
        Assert.Equal(text, tokenizer.Decode(ids));
    }
}
