using System.Text;
using Crossbench.Datasets.Tokenizers;
using Xunit;

namespace Crossbench.Tests.Datasets.Tokenizers;

public sealed class NormalTextTests
{
    /// <summary>Texts whose normal form the Unicode standard or its annex 15 tells.</summary>
    [Theory]
    [InlineData("cafe\u0301", "café")]
    [InlineData("café", "café")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("A\u030A", "\u00C5")]
    [InlineData("\u2126", "\u03A9")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u0073\u0323\u0307", "\u1E69")]
    [InlineData("\u0073\u0307\u0323", "\u1E69")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A8", "\uAC01")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315\u0062")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("\u0928\u093C", "\u0929")]
    [InlineData("ﬁ ½ ①", "ﬁ ½ ①")]
    [InlineData("", "")]
    public void NormalForm_OfKnownTexts_IsKnown(string text, string normal) => Assert.Equal(normal, NormalText.Of(text));

    [Fact]
    public void NormalForm_OfArbitraryText_IsTheSlowFormAndStays() => TokenizerTexts.ForAll(1000, text =>
    {
        var normal = NormalText.Of(text);
        Assert.Equal(SlowNfc.Normalize(text), normal);
        Assert.Null(NormalText.Of(Encoding.UTF8.GetBytes(normal)));
    });

    [Fact]
    public void EveryCharacter_HasTheSlowForm()
    {
        for (var code = 0; code < 0x110000; code++)
        {
            if (Rune.IsValid(code) && (code < 0x3000 || code is >= 0xAC00 and < 0xAD00 or >= 0xF900 and < 0xFC00 or >= 0x10000 and < 0x11FFF or >= 0x1D000 and < 0x1F000 or >= 0x2F000 and < 0x30100))
            {
                var text = "e" + char.ConvertFromUtf32(code) + "\u0323";
                Assert.Equal(SlowNfc.Normalize(text), NormalText.Of(text));
            }
        }
    }

    [Fact]
    public void SettledPart_NormalisesAlikeWhateverFollows() => TokenizerTexts.ForAll(300, text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var settled = NormalText.SettledLength(bytes.AsSpan(0, cut));
            Assert.InRange(settled, 0, cut);
            Assert.Equal(Of(bytes), Of(bytes[..settled]).Concat(Of(bytes[settled..])));
        }
    });

    [Fact]
    public void Places_AreFoundInTheOriginal() => TokenizerTexts.ForAll(300, text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (NormalText.Of(bytes) is not { } normal)
        {
            return;
        }

        foreach (var place in Enumerable.Range(0, normal.Bytes.Length + 1).Where(place => place == normal.Bytes.Length || (normal.Bytes[place] & 0xC0) != 0x80))
        {
            if (normal.TryFindOriginal(place, out var original, out var earlier))
            {
                Assert.Equal(normal.Bytes[..place], Of(bytes[..original]));
                Assert.Equal(normal.Bytes[place..], Of(bytes[original..]));
            }
            else
            {
                Assert.InRange(earlier, 0, place - 1);
            }
        }
    });

    private static byte[] Of(byte[] bytes) => NormalText.Of(bytes)?.Bytes ?? bytes;
}
