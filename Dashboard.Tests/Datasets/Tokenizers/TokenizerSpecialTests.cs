using System.Text;
using System.Text.Json.Nodes;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

/// <summary>Added tokens: special ones, which only a caller that asks gets, and others. Ids from 656 on are theirs.</summary>
public sealed class TokenizerSpecialTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SpecialToken_InOrdinaryText_IsText()
    {
        var tokenizer = Open(file => file.WithToken("<|endoftext|>"));
        var plain = SampleTokenizer.Create(SampleTokenizer.Llama3);
        Assert.Equal(new SlowTokenizer(plain).Encode("a<|endoftext|>b"), tokenizer.Encode("a<|endoftext|>b"));
        Assert.Equal(656, tokenizer.EndOfText);
        Assert.Equal([656], tokenizer.Separator);
        Assert.Equal("<|endoftext|>", tokenizer.Decode([656]));
    }

    [Fact]
    public void SpecialTokens_WhenAsked_BecomeTheirIds()
    {
        var tokenizer = Open(file => file.WithToken("<|im_start|>").WithToken("<|im_end|>").WithToken("<|im|>"));
        int[] expected = [656, .. tokenizer.Encode("user\nHi"), 657, .. tokenizer.Encode("\n"), 656, 656];
        Assert.Equal(expected, tokenizer.EncodeWithSpecials("<|im_start|>user\nHi<|im_end|>\n<|im_start|><|im_start|>"));
        Assert.Equal(tokenizer.Encode("<|im_start"), tokenizer.EncodeWithSpecials("<|im_start"));
        Assert.Null(tokenizer.EndOfText);
        Assert.Equal(tokenizer.Encode("\n"), tokenizer.Separator);
    }

    [Fact]
    public void SpecialTokens_OfTheBuiltInTokenizers_AreKnown()
    {
        Assert.Equal([64, 50256, 65], Gpt2Tokenizer.Shared.EncodeWithSpecials("a<|endoftext|>b"));
        Assert.Equal("a<|b"u8.ToArray().Select(b => (int)b), ByteTokenizer.Instance.EncodeWithSpecials("a<|b"));
        Assert.Equal([10], ByteTokenizer.Instance.Separator);
    }

    [Fact]
    public void LongestToken_OfThoseAtOnePlace_IsTaken()
    {
        var tokenizer = Open(file => file.WithToken("<a").WithToken("<a>").WithToken("a>b"));
        Assert.Equal([657, 'b'], tokenizer.EncodeWithSpecials("<a>b"));
        Assert.Equal([656, 'b'], tokenizer.EncodeWithSpecials("<ab"));
        Assert.Equal([658], tokenizer.EncodeWithSpecials("a>b"));
    }

    [Fact]
    public void StrippingTokens_TakeTheWhiteSpaceBesideThem()
    {
        var left = Open(file => file.WithToken("<m>", flag: "lstrip"));
        Assert.Equal(['a', 656, .. left.Encode(" b")], left.EncodeWithSpecials("a \n\u3000<m> b"));
        Assert.Equal([656, 656], left.EncodeWithSpecials(" <m> <m>"));
        var right = Open(file => file.WithToken("<m>", flag: "rstrip"));
        Assert.Equal(['a', ' ', 656, 'b'], right.EncodeWithSpecials("a <m> \u00a0b"));
        Assert.Equal([656, 656], right.EncodeWithSpecials("<m> <m>\t"));
    }

    [Fact]
    public void SingleWordToken_BesideAWord_IsText()
    {
        var tokenizer = Open(file => file.WithToken("qj", flag: "single_word"));
        Assert.Equal([656], tokenizer.EncodeWithSpecials("qj"));
        Assert.Equal(['.', 656, '.'], tokenizer.EncodeWithSpecials(".qj."));
        Assert.All(["aqj", "qja", "éqj", "qj_", "qj1", "qj\u0301"], text => Assert.DoesNotContain(656, tokenizer.EncodeWithSpecials(text)));
    }

    [Fact]
    public void OrdinaryAddedToken_IsFoundInAnyText_HoweverCut()
    {
        var tokenizer = Open(file => file.WithToken("<tool>", special: false).WithToken("<t", special: false).WithToken("  ", special: false).WithToken("<|end|>"));
        Assert.Equal(['a', 656, 'b'], tokenizer.Encode("a<tool>b"));
        Assert.Equal([657, .. tokenizer.Encode("ool")], tokenizer.Encode("<tool"));
        TokenizerTexts.ForAll(
            200,
            text =>
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                var whole = tokenizer.Encode(text);
                Assert.Equal(text, tokenizer.Decode(whole));
                Assert.DoesNotContain(659, whole);
                Assert.Equal(Segments(text, "<tool>", "<t", "  "), whole);
                for (var cut = 1; cut < bytes.Length; cut++)
                {
                    Assert.Equal(whole, TokenizerTexts.EncodeCutAt(tokenizer, bytes, cut));
                }
            },
            "<tool>",
            "<too",
            "<t",
            "  ",
            "<|end|>");
    }

    [Fact]
    public void NormalizedToken_IsFoundInNormalisedText()
    {
        var tokenizer = Open(file =>
        {
            file["normalizer"] = JsonNode.Parse("""{"type":"NFC"}""");
            file.WithToken("café", special: false);
            file["added_tokens"]![0]!["normalized"] = true;
            return file.WithToken("thé", special: false);
        });
        Assert.Equal([656], tokenizer.Encode("cafe\u0301"));
        Assert.Equal([656], tokenizer.Encode("café"));
        Assert.Equal([657], tokenizer.Encode("thé"));
        Assert.DoesNotContain(657, tokenizer.Encode("the\u0301"));
        TokenizerTexts.ForAll(
            100,
            text =>
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                var whole = tokenizer.Encode(text);
                for (var cut = 1; cut < bytes.Length; cut++)
                {
                    Assert.Equal(whole, TokenizerTexts.EncodeCutAt(tokenizer, bytes, cut));
                }
            },
            "cafe\u0301",
            "café",
            "thé",
            "the",
            "caf");
    }

    [Theory]
    [InlineData(new[] { "</s>", "<|endoftext|>" }, "<|endoftext|>")]
    [InlineData(new[] { "<|end_of_text|>", "<|eot_id|>" }, "<|end_of_text|>")]
    [InlineData(new[] { "<s>", "</s>" }, "</s>")]
    [InlineData(new[] { "<bos>", "<eos>" }, "<eos>")]
    [InlineData(new[] { "<|im_end|>" }, null)]
    public void EndOfText_IsTheFirstOfTheKnownNames(string[] specials, string? end)
    {
        var tokenizer = Open(file => specials.Aggregate(file, (all, special) => all.WithToken(special)));
        Assert.Equal(end, tokenizer.EndOfText is { } id ? tokenizer.Decode([id]) : null);
    }

    [Fact]
    public void EndOfText_IsNoTokenThatTextMayBecome() => Assert.Null(Open(file => file.WithToken("</s>", special: false)).EndOfText);

    /// <summary>Cuts at the first of several strings each time, the longest before the others, and encodes what is between.</summary>
    private static List<int> Segments(string text, params string[] added)
    {
        var slow = new SlowTokenizer(SampleTokenizer.Create(SampleTokenizer.Llama3));
        var tokens = new List<int>();
        while (text.Length > 0)
        {
            var (at, content) = added.Select(content => (At: text.IndexOf(content, StringComparison.Ordinal), Content: content)).Where(found => found.At >= 0)
                .OrderBy(found => found.At).ThenByDescending(found => found.Content.Length).FirstOrDefault((text.Length, ""));
            tokens.AddRange(slow.Encode(text[..at]));
            tokens.AddRange(content.Length > 0 ? [656 + Array.IndexOf(added, content)] : []);
            text = text[(at + content.Length)..];
        }

        return tokens;
    }

    private Tokenizer Open(Func<JsonObject, JsonObject> change) => change(SampleTokenizer.Create(SampleTokenizer.Llama3)).Load(_folder);
}
