using Bunit;
using Crossbench.Tests.Support;
using Crossbench.Web.Components.Pages;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The views of a suite beside the matrix.</summary>
public sealed class SuiteViewTests : SuitePageContext
{
    [Fact]
    public void Crossover_HasTheDifferencesAsATable_AndShadesWhereSignsChangeAndWhatWasNotLearned()
    {
        var page = OpenView("crossover");
        var rows = page.FindAll("table[aria-label=Differences] tbody tr").ToDictionary(row => row.Children[0].TextContent, row => row.Children.Select(cell => cell.TextContent).ToArray());
        Assert.Equal(["gqa", "baseline", "baseline", "baseline", "baseline", ""], rows["gqa"]);
        Assert.Matches(@"^\+0\.\d{3} \[\+0\.\d{3}, \+0\.\d{3}\], worse$", rows["mig keepRatio 0.05"][1]);
        Assert.Equal("not learned", rows["mig"][4]);
        Assert.Equal("70.6\u00a0% to 85.5\u00a0%", rows["mig keepRatio 0.05"][5]);
        Assert.Equal("sees the future", rows["mig topkMode global"][1]);
        Assert.Equal("excluded", rows["mig topkMode global"][5]);
        Assert.Contains(page.FindAll(".zone span"), zone => zone.TextContent == "not learned");
        Assert.Contains(page.FindAll(".zone span"), zone => zone.TextContent.Contains("70.6", StringComparison.Ordinal));
        Assert.All(page.FindAll(".plt")[0].QuerySelectorAll(".mk").Where(mark => mark.GetAttribute("title")!.Contains("95.7", StringComparison.Ordinal)), mark => Assert.Contains("ho", mark.ClassName!.Split(' ')));
    }

    [Fact]
    public void Efficiency_PutsNothingOnTheFrontierThatTakesNoPart()
    {
        var page = OpenView("efficiency");
        var rows = page.FindAll("table[aria-label=Efficiency] tbody tr").Select(row => row.Children.Select(cell => cell.TextContent).ToArray()).ToArray();
        Assert.Equal(6, rows.Length);
        Assert.Equal(("sees the future", "–"), rows.Where(row => row[0] == "mig topkMode global").Select(row => (row[1], row[5])).Single());
        Assert.Contains(rows, row => row[5] == "yes");
        Assert.All(rows, row => Assert.Matches(@"^\d\.\d{3} ±0\.\d{3}$", row[2]));
        Addresses.NavigateTo(Addresses.Uri + "&by=parameters");
        page.WaitForAssertion(() => Assert.Contains("the number of parameters", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Efficiency_WithoutLearning_HasNoFrontier()
    {
        var page = OpenView("efficiency&col=signalRatio%200.05");
        Assert.All(page.FindAll("table[aria-label=Efficiency] tbody tr"), row => Assert.NotEqual("yes", row.Children[5].TextContent));
    }

    [Fact]
    public void Table_SaysWhatIsBeyondDoubt_AndNamesNoBest()
    {
        var page = OpenView("table");
        var words = page.FindAll(".cmp tbody tr").ToDictionary(row => row.Children[0].TextContent.Trim(), row => row.Children[3].TextContent.Trim());
        Assert.Equal(("", "worse", "better", "sees the future"), (words["gqa"], words["mig keepRatio 0.05"], words["sil"], words["mig topkMode global"]));
        Assert.DoesNotContain("winner", page.Markup, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Stability_ShowsTimesMemoryAndParts()
    {
        var page = OpenView("stability");
        Assert.Contains("60 ±0 ms", page.FindAll(".bars")[0].TextContent, StringComparison.Ordinal);
        Assert.Equal(6, page.FindAll("table[aria-label='Parameters by part'] tbody tr").Count);
    }

    [Fact]
    public void Radar_HasTheBaselineAtOne_AndDrawsOnlyWhatTakesPart()
    {
        var page = OpenView("radar");
        var rows = page.FindAll("table[aria-label='Ratios to the baseline'] tbody tr").Select(row => row.Children.Select(cell => cell.TextContent).ToArray()).ToArray();
        Assert.All(rows.Single(row => row[0] == "gqa").Skip(1), text => Assert.Equal("1.00×", text));
        Assert.Equal(5, page.FindAll(".radar .cv").Count);
    }

    [Fact]
    public void Gates_AreChosenByKind_ForEveryRowThatHasThem()
    {
        var page = OpenView("gates");
        Assert.NotEmpty(page.FindAll("nav[aria-label=Metric] a"));
        Assert.Contains(page.FindAll("section.cc h2"), head => head.TextContent == "mig keepRatio 0.05");
        Assert.DoesNotContain(page.FindAll("section.cc h2"), head => head.TextContent == "gqa");
    }

    [Theory]
    [InlineData("convergence", "Convergence")]
    [InlineData("inspector", "Inspector")]
    public void View_IsDrawn(string view, string title) => Assert.Contains(title, OpenView(view).Markup, StringComparison.Ordinal);

    [Fact]
    public void SuiteWithoutAnAxis_SaysWhatACrossoverNeeds()
    {
        var file = FileOf("flat");
        const string Flat = "seeds = [0]\n[defaults]\ndataset = \"sparse_signal\"\n";
        var started = new Crossbench.Launching.SuiteLauncher(Runs, Runs).Start(SampleSuites.Expand(Flat, file), new Crossbench.Runs.SuiteText("flat", file, Flat, false), false);
        var page = Open(typeof(SuiteDetails), $"/suites/{started.Suite.Id}", ("Id", started.Suite.Id));
        foreach (var view in new[] { "efficiency", "convergence", "table", "gates", "stability", "radar", "inspector", "crossover" })
        {
            Addresses.NavigateTo($"/suites/{started.Suite.Id}?view={view}");
            page.WaitForAssertion(() => Assert.Equal(view, page.Find(".tabs a[aria-current]").TextContent.ToLowerInvariant()));
        }

        Assert.Contains("A crossover needs an axis of numbers", page.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<HeaderAndPage> OpenView(string view)
    {
        var (suite, _) = SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        return Open(typeof(SuiteDetails), $"/suites/{suite.Id}?view={view}", ("Id", suite.Id));
    }
}
