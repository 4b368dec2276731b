using System.Globalization;
using System.Text;
using Crossbench.Datasets;
using Crossbench.Datasets.Tokenizers;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Tokens one by one as text, for the strips of the run page.</summary>
public sealed class TokenTextTests
{
    private const string Mixed = "A gate, two  spaces\n\ttab: naïve 日本 🦊 \\x41 end";

    public static TheoryData<TokenizerChoice> Choices => [TokenizerChoice.Bytes, TokenizerChoice.Gpt2];

    [Theory]
    [MemberData(nameof(Choices))]
    public void Texts_TellEveryByteOfTheText(TokenizerChoice choice)
    {
        var tokenizer = TokenizerCatalog.Open(new TokenizerSpec(choice));
        var tokens = tokenizer.Encode(Mixed);
        var bytes = new List<byte>();
        foreach (var (text, token) in tokenizer.TextsOf(tokens).Zip(tokens))
        {
            var own = tokenizer.DecodeBytes([token]);
            var isPart = Encoding.UTF8.GetString(own).Contains('\ufffd', StringComparison.Ordinal);
            bytes.AddRange(isPart ? text.Split("\\x", StringSplitOptions.RemoveEmptyEntries).Select(hex => byte.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) : Encoding.UTF8.GetBytes(text));
        }

        Assert.Equal(Mixed, Encoding.UTF8.GetString([.. bytes]));
    }

    [Fact]
    public void IdsBeyondTheTokenizer_AreNumbers() => Assert.Equal(["A", "256", "4095"], ByteTokenizer.Instance.TextsOf([65, 256, 4095]));

    [Fact]
    public void DatasetsWithText_DecodeTokens_OthersShowIds()
    {
        Assert.Equal([" ", "a"], Texts("text", 32, 97));
        Assert.Equal([" ", "a"], Texts("stories", 32, 97));
        Assert.Equal(["32", "97"], Texts("sparse_signal", 32, 97));
    }

    private static IReadOnlyList<string> Texts(string id, params int[] tokens) => DatasetCatalog.Find(id)!.TextsOf(new DataFolder("/nowhere"), DatasetCatalog.Find(id)!.Defaults, tokens);
}
