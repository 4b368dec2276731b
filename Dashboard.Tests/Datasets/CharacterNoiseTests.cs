using System.Text;
using Crossbench.Datasets.Noise;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>Each kind of mistake by itself, against what it may make of a word.</summary>
public sealed class CharacterNoiseTests
{
    private static readonly NoiseMix None = new(0, 0, 0, 0, 0);

    [Fact]
    public void Typos_AreKeysThatTouch()
    {
        string[] rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
        var keys = rows.SelectMany((row, y) => row.Select((key, x) => (key, X: x + (y / 2.0), Y: y))).ToArray();
        foreach (var (key, x, y) in keys)
        {
            var touching = keys.Where(other => other.key != key && Math.Abs(other.Y - y) <= 1 && Math.Abs(other.X - x) <= (other.Y == y ? 1 : 0.5)).Select(other => other.key);
            Assert.Equal(touching.Order(), Forms($"{key}", None with { Typo = 1 }).Select(form => form[0]).Order());
            Assert.Equal(touching.Select(char.ToUpperInvariant).Order(), Forms($"{char.ToUpperInvariant(key)}", None with { Typo = 1 }).Select(form => form[0]).Order());
        }

        Assert.Equal(["1", "3"], Forms("2", None with { Typo = 1 }).Order());
        Assert.Equal(["9"], Forms("0", None with { Typo = 1 }));
        Assert.Equal(["é!"], Forms("é!", None with { Typo = 1 }));
    }

    [Fact]
    public void Swaps_ChangeTheOrderOfTwo_AndNothingElse()
    {
        Assert.Equal(["badc"], Forms("abcd", None with { Swap = 1 }, 1));
        Assert.All(Forms("abcdef ghi", None with { Swap = 1 }, 0.4), form =>
        {
            for (var i = 0; i < form.Length;)
            {
                var same = form[i] == "abcdef ghi"[i];
                Assert.True(same || (form[i] == "abcdef ghi"[i + 1] && form[i + 1] == "abcdef ghi"[i]));
                i += same ? 1 : 2;
            }
        });
        Assert.Equal(["aa b."], Forms("aa b.", None with { Swap = 1 }, 1));
    }

    [Fact]
    public void Drops_LeaveTheFirstLetterOfEachWord()
    {
        Assert.Equal(["a b-c 🦊."], Forms("abc bcd-cd 🦊.", None with { Drop = 1 }, 1));
        Assert.Equal(["abc", "ab", "ac", "a"], Forms("abc", None with { Drop = 1 }, 0.5).OrderByDescending(form => form.Length).ThenBy(form => form));
    }

    [Fact]
    public void Doubles_RepeatLettersAndDigits() => Assert.Equal(["aabb-éé11 !"], Forms("ab-é1 !", None with { Double = 1 }, 1));

    [Theory]
    [InlineData("l", "1 I")]
    [InlineData("1", "I l")]
    [InlineData("I", "1 l")]
    [InlineData("O", "0")]
    [InlineData("0", "O")]
    [InlineData("rn", "m")]
    [InlineData("m", "rn")]
    [InlineData("w", "vv")]
    [InlineData("vv", "w")]
    [InlineData("k", "k")]
    public void LookAlikes_AreTakenForOneAnother(string seen, string taken) => Assert.Equal(taken.Split(' '), Forms(seen, None with { Ocr = 1 }, 1).Order(StringComparer.Ordinal));

    [Fact]
    public void Weights_AreShares_AmongWhatCanBeDone()
    {
        // In a lone "x" nothing can be swapped or left out, and it looks like nothing else.
        var mix = new NoiseMix(3, 100, 100, 1, 100);
        var forms = Many("x", mix, 1, 20_000).ToArray();
        Assert.InRange(forms.Count(form => form.Text == "xx") / 20_000.0, 0.24, 0.26);
        Assert.DoesNotContain(forms, form => form.Text is "" or "x");
        Assert.All(Many("some words", mix, 0, 100), form => Assert.Equal(("some words", 0), form));
    }

    [Fact]
    public void Rate_IsOfMistakesThatBegin_WhateverTheyTake()
    {
        // A mistake that begins at a letter takes one letter, or as a swap two: a share of 2r / (1 + r) where every letter may begin one.
        var (letters, rate) = (string.Concat(Enumerable.Repeat("abcdefghijklmnopqrstuvwxyz", 40)), 0.1);
        Assert.InRange(Share(None with { Typo = 1 }), 0.095, 0.105);
        Assert.InRange(Share(None with { Swap = 1 }), (2 * rate / (1 + rate)) - 0.005, (2 * rate / (1 + rate)) + 0.005);
        Assert.InRange(Share(None with { Ocr = 1 }), 0.001, 0.08);

        double Share(NoiseMix mix) => Many(letters, mix, rate, 100).Average(form => form.Changed / (double)letters.Length);
    }

    [Fact]
    public void Changed_CountsCharactersOfTheCleanText()
    {
        Assert.All(Many("rn", None with { Ocr = 1 }, 1, 50), form => Assert.Equal(("m", 2), form));
        Assert.All(Many("ab", None with { Swap = 1 }, 1, 5), form => Assert.Equal(("ba", 2), form));
        Assert.All(Many("ab cd", None with { Double = 1 }, 1, 5), form => Assert.Equal(("aabb ccdd", 4), form));
    }

    private static HashSet<string> Forms(string text, NoiseMix mix, double rate = 1) => [.. Many(text, mix, rate, 2000).Select(form => form.Text)];

    private static IEnumerable<(string Text, int Changed)> Many(string text, NoiseMix mix, double rate, int count)
    {
        var random = new RandomStreams(2).Stream("noise");
        Rune[] characters = [.. text.EnumerateRunes()];
        for (var i = 0; i < count; i++)
        {
            yield return CharacterNoise.Apply(characters, NoiseDraw.For(characters.Length, ref random), rate, mix);
        }
    }
}
