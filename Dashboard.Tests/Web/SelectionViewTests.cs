using Bunit;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Crossbench.Web.Components.Diagnostics;
using Crossbench.Web.Components.Pages;
using Crossbench.Web.Suites;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The views of a suite over runs that somebody picked.</summary>
public sealed class SelectionViewTests : SuitePageContext
{
    [Theory]
    [InlineData("crossover", "Differences")]
    [InlineData("efficiency", "Efficiency")]
    [InlineData("table", "Comparison")]
    [InlineData("stability", "Training stability")]
    [InlineData("radar", "Ratios to the baseline")]
    public async Task View_OfAllRunsOfASuite_SaysWhatThePageOfTheSuiteSays(string view, string table)
    {
        var (suite, _) = SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        var own = Texts(Open(typeof(SuiteDetails), $"/suites/{suite.Id}?view={view}", ("Id", suite.Id)), table);
        await DisposeComponentsAsync();
        Assert.Equal(own, Texts(Compare(Runs.RunsOf(suite.Id), $"&view={view}"), table));
        Assert.True(own.Length > 6);
    }

    [Fact]
    public void Matrix_IsMadeFromWhatDiffers_AndItsBaselineIsChosenInTheAddress()
    {
        var runs = Picked("gqa-0.5-", "a-mig-0.5-", "mig-0.5-");
        var page = Compare(runs, "&view=matrix");
        Assert.Equal(["gqa", "mig", "migkeepRatio 0.05"], page.FindAll(".mx tbody th").Select(head => head.TextContent.Replace("baseline", "", StringComparison.Ordinal).Trim()).Order(StringComparer.Ordinal));
        Assert.Single(page.FindAll(".mx thead th"));
        page.Find("select[aria-label=Baseline]").Change("mig");
        Assert.Contains("baseline=mig", Addresses.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("difference to mig, paired", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Baseline_MayBeARunOrARow_AndIsTheSameInEveryView()
    {
        var runs = Picked("gqa-0.5-", "sil-0.5-");
        var sil = runs.First(run => run.Spec.Architecture.Id == "sil");
        var page = Compare(runs, $"&baseline={sil.Id}");
        Assert.Contains("against sil × 5", page.Find("h2:contains('Eval loss against')").TextContent, StringComparison.Ordinal);
        Addresses.NavigateTo(Addresses.Uri + "&view=table");
        page.WaitForAssertion(() => Assert.Equal("sil", page.Find("#baseline option[selected]").TextContent));
        page.Find("#baseline").Change("gqa");
        page.WaitForAssertion(() => Assert.Contains("differences to gqa paired by seed", page.Markup, StringComparison.Ordinal));
        Addresses.NavigateTo(Addresses.Uri.Replace("&view=table", "", StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("against gqa × 5", page.Find("h2:contains('Eval loss against')").TextContent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("crossover", "all runs are of the same data", "rwkv6-0.5-")]
    [InlineData("crossover", "there is one row", "gqa-0.3-")]
    [InlineData("gates", "No architecture here has gates, routers or rules. These have: mig, ", "gqa-0.3-")]
    [InlineData("gates", "Nothing has been measured of gates, routers and rules here yet", "rwkv6-0.5-")]
    public void ViewWithNothingToSay_SaysWhyAndWhatToSelect(string view, string sentence, string second)
    {
        var page = Compare(Picked("gqa-0.5-", second), $"&view={view}");
        Assert.Contains(sentence, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void OneRun_HasEveryView()
    {
        var run = Picked("gqa-0.5-")[0];
        var page = Compare([run], "");
        foreach (var view in SuiteViews.OfSelection.Skip(1))
        {
            Addresses.NavigateTo($"/compare?runs={run.Id}&view={view.Name}");
            page.WaitForAssertion(() => Assert.Equal(view.Title, page.Find(".tabs a[aria-current]").TextContent));
        }
    }

    [Fact]
    public async Task Views_FollowTheRuns()
    {
        var (suite, running) = SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        var run = Runs.Find(running)!;
        var page = Compare(Runs.RunsOf(suite.Id).Where(other => other.Spec.Name[..5] == run.Spec.Name[..5]).ToArray(), "&view=matrix");
        var before = page.FindAll(".mx .pips i.r").Count;
        Runs.TryTransition(running, RunStatus.Running, RunStatus.Completed, "");
        await Changes.ChangeAsync(running);
        page.WaitForAssertion(() => Assert.Equal(before - 1, page.FindAll(".mx .pips i.r").Count));
    }

    [Fact]
    public async Task MoreSeeds_SayHowManyBefore_AndJoinTheSelection()
    {
        var runs = Picked("gqa-0.5-", "sil-0.5-");
        var page = Compare(runs, "");
        page.Find(".seeds > button").Click();
        Assert.Contains("Seeds 5 to 7 for 2 specifications: 6 runs, about", page.Find(".seeds .menu").TextContent, StringComparison.Ordinal);
        page.Find("#more-seeds").Change("0");
        Assert.Contains("\"0\" is no number of seeds. Use 1 to 100.", page.Find(".seeds [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find(".seeds .pri").HasAttribute("disabled"));
        page.Find("#more-seeds").Change("1");
        Assert.Equal("Queue 2 runs", page.Find(".seeds .pri").TextContent);
        await page.Find(".seeds .pri").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(12, Addresses.Uri.Split("runs=")[1].Split("%2C").Length));
        Assert.Equal(["gqa-0.5-s5", "sil-0.5-s5"], Runs.Query(new RunQuery { Statuses = [RunStatus.Queued], Limit = 200 }).Runs.Where(run => run.Suite is null).Select(run => run.Spec.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MoreSeedsOfASuite_BecomeItsRuns_AndItsFileStays()
    {
        var (suite, _) = SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        var page = Open(typeof(SuiteDetails), $"/suites/{suite.Id}", ("Id", suite.Id));
        page.Find(".seeds > button").Click();
        page.Find("#more-seeds").Change("1");
        await page.Find(".seeds .pri").ClickAsync(new());
        var runs = Runs.RunsOf(suite.Id);
        Assert.Equal(144, runs.Count);
        Assert.All(runs.Skip(120), run => Assert.Equal((5L, RunStatus.Queued), (run.Spec.Seed, run.Status)));
        Assert.Equal(144, runs.Select(run => run.Suite!.Index).Distinct().Count());
        Assert.Equal(suite.Source, Runs.FindSuiteById(suite.Id)!.Source);
    }

    [Fact]
    public void Gates_ShowOneRunInDetail_WhichTheAddressNames()
    {
        RunRecord[] runs = [Gated(0), Gated(1)];
        var page = Compare(runs, $"&view=gates&run={runs[1].Id}");
        Assert.Equal(runs[1].Id.Value, page.Find("select[aria-label=Run] option[selected]").GetAttribute("value"));
        var metrics = TrainingMetrics.Of(runs[0].Spec).Where(metric => metric.Kind == MetricKind.Gate).ToArray();
        Assert.Contains(metrics, metric => metric.Form == MetricForm.Histogram);
        Assert.NotEmpty(page.FindComponents<HistogramTime>());
        Assert.All(metrics.Where(metric => metric.Form == MetricForm.Histogram), metric => Assert.Contains(page.FindComponents<HistogramTime>(), part => part.Instance.Rows.Metric.Name == metric.Name));
        Assert.All(page.FindComponents<LayerLines>(), part => Assert.Equal(MetricKind.Gate, part.Instance.Lines.Metric.Kind));
        Assert.Contains("shuffled classes give 0.47 to 0.53", page.Markup, StringComparison.Ordinal);
        page.Find("select[aria-label=Run]").Change(runs[0].Id.Value);
        page.WaitForAssertion(() => Assert.Contains($"run={runs[0].Id}", Addresses.Uri, StringComparison.Ordinal));
    }

    private RunRecord Gated(long seed)
    {
        var run = Runs.Create(SampleRuns.Spec($"gate-s{seed}", "sparse_signal", seed, 60));
        Runs.TryTransition(run.Id, RunStatus.Queued, RunStatus.Running, "");
        SampleDiagnostics.Add(Runs, run.Id, run.Spec, 60);
        return Runs.Find(run.Id)!;
    }

    private static string[] Texts(IRenderedComponent<HeaderAndPage> page, string table) => [.. page.FindAll($"table[aria-label='{table}'] tbody td").Select(cell => cell.TextContent)];

    private RunRecord[] Picked(params string[] names)
    {
        var (suite, _) = SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        return [.. Runs.RunsOf(suite.Id).Where(run => names.Any(name => run.Spec.Name.StartsWith(name, StringComparison.Ordinal)))];
    }

    private IRenderedComponent<HeaderAndPage> Compare(IReadOnlyList<RunRecord> runs, string query) => Open(typeof(RunComparison), $"/compare?runs={string.Join(',', runs.Select(run => run.Id))}{query}");
}
