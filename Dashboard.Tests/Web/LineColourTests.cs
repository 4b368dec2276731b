using System.Globalization;
using System.Text.RegularExpressions;
using Crossbench.Models;
using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Web;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>Colours of lines: enough contrast on both sheets, no two alike, and the same for the same settings wherever they are shown.</summary>
public sealed class LineColourTests
{
    private static readonly string[] Shades = ["", "-2", "-3", "-4"];

    [Fact]
    public void EveryShade_IsSeenOnItsSheet_AndLikeNoOther()
    {
        var css = File.ReadAllText(Path.Combine(Repository.Root, "wwwroot-assets", "css", "tokens.css"));
        string[] themes = [css[..css.IndexOf(":root[data-theme=\"dark\"] {", StringComparison.Ordinal)], css[css.IndexOf(":root[data-theme=\"dark\"] {", StringComparison.Ordinal)..css.IndexOf("@media (prefers", StringComparison.Ordinal)], css[css.IndexOf("@media (prefers", StringComparison.Ordinal)..]];
        foreach (var theme in themes)
        {
            var values = Regex.Matches(theme, "--([a-z0-9-]+): (#[0-9a-f]{6});").DistinctBy(match => match.Groups[1].Value).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
            var sheet = values["surface-1"];
            string[] names = [.. ModelZoo.All.SelectMany(architecture => Shades.Select(shade => RunFacts.Colour(architecture.Id)[2..] + shade)).Where(values.ContainsKey)];
            Assert.True(names.Length >= 4 * 12, $"{names.Length} shades");
            Assert.DoesNotContain(names, name => Contrast(values[name], sheet) < 3);
            Assert.DoesNotContain(names, name => Contrast(values[name + "-text"], sheet) < 4.5);
            Assert.Equal(names.Length, names.Select(name => values[name]).Distinct().Count());
        }
    }

    [Fact]
    public void Shade_FollowsFromTheSettings_NotFromTheSelection()
    {
        string[] rates = ["0.002", "0.003", "0.004"];
        string Of(string rate, params string[] others)
        {
            var runs = others.Prepend(rate).Select(Run).ToArray();
            var layout = SuiteLayout.OfSelection(runs);
            return RunFacts.Colour(layout.Rows[layout.PlaceOf(runs[0].Id)!.Value.Row]);
        }

        Assert.Equal("--arch-gqa", Of("0.001"));
        Assert.Equal("--arch-gqa", Of("0.001", rates));
        Assert.Equal("--arch-gqa", Of("0.001", [.. rates.Reverse()]));
        Assert.All(rates, rate => Assert.Equal(Of(rate, "0.001"), Of(rate, "0.001")));
        Assert.All(rates, rate => Assert.Equal(Of(rate, [.. rates.Except([rate]), "0.001"]), Of(rate, ["0.001", .. rates.Except([rate]).Reverse()])));
        Assert.All(rates, rate => Assert.NotEqual("--arch-gqa", Of(rate, "0.001")));
        Assert.Equal(4, rates.Prepend("0.001").Select(rate => Of(rate, [.. rates.Prepend("0.001").Except([rate])])).Distinct().Count());
    }

    private static RunRecord Run(string rate) => new()
    {
        Id = RunId.New(TimeProvider.System), Spec = TestStore.Spec(("training.learningRate", rate)), SpecHash = rate, Status = RunStatus.Queued, CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Contrast of two colours after WCAG 2.</summary>
    private static double Contrast(string one, string other)
    {
        double[] lights = [.. new[] { one, other }.Select(Luminance).OrderDescending()];
        return (lights[0] + 0.05) / (lights[1] + 0.05);
    }

    private static double Luminance(string colour)
    {
        double[] parts = [.. new[] { 1, 3, 5 }.Select(at => int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0).Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
