using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>Contrast of the design's colours, computed anew from the file that they stand in.</summary>
public sealed partial class TokenContrastTests
{
    private static readonly string Css = File.ReadAllText(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../wwwroot-assets/css/tokens.css")));

    [Fact]
    public void TextOnEveryTint_IsReadable_InEveryTheme()
    {
        var themes = Css.Split("{")[1..].Select(Colours).Where(theme => theme.ContainsKey("seq-0")).ToArray();
        Assert.Equal(3, themes.Length);
        foreach (var theme in themes)
        {
            Assert.All(Enumerable.Range(0, 9), shade => Assert.True(Contrast(theme[$"seq-{shade}"], theme[$"tok-{shade}"]) >= 4.5, $"--tok-{shade} {theme[$"tok-{shade}"]} on --seq-{shade} {theme[$"seq-{shade}"]}"));
            foreach (var (text, surface) in new[] { ("danger", "danger-soft"), ("warn", "warn-soft"), ("text-1", "accent-soft"), ("text-3", "surface-3"), ("text-3", "accent-soft"), ("accent", "surface-3") })
            {
                Assert.True(Contrast(theme[text], theme[surface]) >= 4.5, $"--{text} on --{surface}: {Contrast(theme[text], theme[surface])}");
            }
        }
    }

    private static Dictionary<string, string> Colours(string block) =>
        Colour().Matches(block).ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value).ToDictionary(group => group.Key, group => group.First());

    /// <summary>WCAG 2, by its definition.</summary>
    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Part(int at)
        {
            var share = int.Parse(colour.AsSpan(1 + (2 * at), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Part(0)) + (0.7152 * Part(1)) + (0.0722 * Part(2));
    }

    [GeneratedRegex(@"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")]
    private static partial Regex Colour();
}
