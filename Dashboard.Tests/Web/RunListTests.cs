using Bunit;
using Crossbench.Runs;
using Crossbench.Web.Components.Pages;
using Crossbench.Web.Components.RunTable;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class RunListTests : PageContext
{
    private NavigationManager Addresses => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void EmptyStore_SaysWhatBelongsHere_WithOneAction()
    {
        var page = Open();
        Assert.Contains("No runs yet.", page.Markup, StringComparison.Ordinal);
        Assert.Equal("/new", page.Find(".empty .btn.pri").GetAttribute("href"));
        Assert.Empty(page.FindAll("table"));
    }

    [Fact]
    public void Row_ShowsTheRun()
    {
        Run("alpha", run => run with
        {
            Status = RunStatus.Running,
            Step = 640,
            TrainLoss = 6.70314,
            EvalLoss = 6.68744,
            Chance = 8.318,
            Floor = 6.1,
            TokensPerSecond = 2142.3,
        });
        var cells = Open().Find("tr.run").Children.Select(cell => cell.TextContent.Trim()).ToArray();
        Assert.Equal("Running", cells[1]);
        Assert.Equal("alpha", cells[2]);
        Assert.Equal("sparse_signal", cells[4]);
        Assert.Equal("64\u00a0%", cells[6]);
        Assert.Equal("6.7031", cells[7]);
        Assert.Equal("6.6874", cells[8]);
        Assert.Equal("74\u00a0%", cells[9]);
        Assert.Equal("2,142", cells[11]);
    }

    [Theory]
    [InlineData("?sort=99")]
    [InlineData("?status=99")]
    [InlineData("?group=99")]
    [InlineData("?sort=-1&desc=true")]
    public void NumbersInTheAddress_ThatNameNothing_LeaveTheUsualList(string query)
    {
        Run("alpha", run => run);
        Assert.Contains("alpha", Open("/runs" + query).Find("tr.run").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void IntervalThatHoldsChance_IsNotLearned()
    {
        Run("flat", run => run with { Status = RunStatus.Completed, Step = 1000, EvalLoss = 8.31, EvalLow = 8.29, EvalHigh = 8.33, Chance = 8.318, Floor = 6.1 });
        Assert.Equal("not learned", Open().Find("tr.run .chip.out").TextContent);
    }

    [Fact]
    public void UnknownFloor_SaysSo()
    {
        Run("text", run => run with { Status = RunStatus.Completed, Step = 1000, EvalLoss = 2, EvalLow = 1.9, EvalHigh = 2.1, Chance = 3.1 });
        Assert.Contains("no floor", Open().Find("tr.run").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void QueuedRuns_KnowTheirPlace()
    {
        Run("first", run => run with { CreatedAt = run.CreatedAt.AddMinutes(-2) });
        Run("second", run => run with { CreatedAt = run.CreatedAt.AddMinutes(-1) });
        var places = Open().FindAll("tr.run").ToDictionary(row => row.QuerySelector(".nm")!.TextContent, row => row.QuerySelector(".m-p")!.TextContent.Trim());
        Assert.Equal(("starts next", "place 2"), (places["first"], places["second"]));
    }

    [Fact]
    public void Filter_GoesIntoTheAddress_AndBack()
    {
        Run("alpha");
        Run("beta");
        var page = Open();
        page.Find("input[type=search]").Input("alp");
        Assert.EndsWith("?q=alp", Addresses.Uri, StringComparison.Ordinal);
        Assert.Equal("alpha", Assert.Single(page.FindAll("tr.run .nm")).TextContent);
        Assert.Contains("1 of 2 runs", page.Find(".total").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_ThatNothingMatches_SaysSo_WithAWayBack()
    {
        Run("alpha");
        Assert.Contains("The only run does not match \"zzz\".", Open("/runs?q=zzz").Find(".empty").TextContent, StringComparison.Ordinal);
        await DisposeComponentsAsync();
        Run("beta");
        var page = Open("/runs?q=zzz");
        Assert.Contains("None of the 2 runs matches \"zzz\".", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal(["/runs"], page.FindAll(".empty a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Filter_ThatNothingMatches_OffersTheNearestOnes_WithTheirCounts()
    {
        Run("alpha", run => run with { Spec = run.Spec with { Tags = ["sweep"] } });
        Run("beta", run => run with { Spec = run.Spec with { Tags = ["sweep"] }, Status = RunStatus.Failed });
        Run("gamma");
        var page = Open($"/runs?group=status&q={Uri.EscapeDataString("tag:swep seed:0")}");
        Assert.Equal(["tag:sweep seed:0 sweep in place of swep 2 runs", "seed:0 without tag:swep 3 runs"], page.FindAll(".near li").Select(item => item.TextContent));

        Assert.EndsWith("/runs?group=status&q=tag%3Asweep%20seed%3A0", page.Find(".near a").GetAttribute("href"), StringComparison.Ordinal);
        await DisposeComponentsAsync();
        page = Open($"/runs?status=running&q={Uri.EscapeDataString("tag:sweep")}");
        Assert.Contains("No running run matches \"tag:sweep\"; there are 3 runs in all.", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal(["tag:sweep of any status 2 runs"], page.FindAll(".near li").Select(item => item.TextContent));
    }

    [Fact]
    public void Tally_FiltersByStatus()
    {
        Run("broken", run => run with { Status = RunStatus.Diverged });
        Run("waiting");
        var page = Open("/runs?status=diverged");
        Assert.Equal("broken", Assert.Single(page.FindAll("tr.run .nm")).TextContent);
        Assert.Contains("1 diverged", page.Find(".tally a[aria-current]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_SortsByAddress_AndTurnsAround()
    {
        Run("b");
        Run("a");
        var page = Open("/runs?sort=name");
        Assert.Equal(["a", "b"], page.FindAll("tr.run .nm").Select(link => link.TextContent));
        Assert.Equal("ascending", page.Find("th[aria-sort]").GetAttribute("aria-sort"));
        Assert.Contains("desc=true", page.Find("th[aria-sort] a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_ShowsAtOnce()
    {
        var run = Run("alpha", run => run with { Status = RunStatus.Running });
        var page = Open();
        Store.Put(run with { TrainLoss = 1.25 });
        await Changes.ChangeAsync(run.Id);
        page.WaitForAssertion(() => Assert.Contains("1.2500", page.Find("tr.run").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AWrongFilter_SaysWhereAndWhy_AndKeepsTheLastGoodResult()
    {
        Run("alpha");
        Run("beta");
        var page = Open("/runs?q=alp");

        page.Find("input[type=search]").Input("alp los<3");

        Assert.Equal("alpha", Assert.Single(page.FindAll("tr.run .nm")).TextContent);
        Assert.Equal(("los", "true"), (page.Find(".fprob mark").TextContent, page.Find("input[type=search]").GetAttribute("aria-invalid")));
        Assert.Contains("There is no field \"los\". Did you mean loss?", page.Find(".fprob").TextContent, StringComparison.Ordinal);

        Assert.Contains("alp loss<3 0 runs.", page.Find(".fprob").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("The list still shows alp.", page.Find(".fprob").TextContent.Trim(), StringComparison.Ordinal);
        await DisposeComponentsAsync();
        page = Open("/runs?q=" + Uri.EscapeDataString("alp los<3"));
        Assert.EndsWith("The list still shows all runs.", page.Find(".fprob").TextContent.Trim(), StringComparison.Ordinal);

        page.Find(".fprob button").Click();
        Assert.EndsWith("?q=" + Uri.EscapeDataString("alp loss<3"), Addresses.Uri, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".fprob mark"));
        Assert.Contains("None of the 2 runs matches", page.Find(".empty").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Suggestions_AreTakenByKeyboard()
    {
        Run("alpha", run => run with { Status = RunStatus.Failed });
        Run("beta");
        var page = Open();
        var box = page.Find("input[type=search]");

        box.Input("sta");
        Assert.Equal("true", page.Find("input[type=search]").GetAttribute("aria-expanded"));
        page.Find("input[type=search]").KeyDown("ArrowDown");
        Assert.Equal("filter-option-0", page.Find("input[type=search]").GetAttribute("aria-activedescendant"));
        page.Find("input[type=search]").KeyDown("Enter");
        Assert.EndsWith("q=status%3A", Addresses.Uri, StringComparison.Ordinal);
        page.Find("input[type=search]").Input("status:fai");
        page.Find("[role=option]").Click();

        Assert.Equal("alpha", Assert.Single(page.FindAll("tr.run .nm")).TextContent);
        Assert.Equal("false", page.Find("input[type=search]").GetAttribute("aria-expanded"));
        page.Find("input[type=search]").Input("l");
        page.Find("input[type=search]").KeyDown("Escape");
        Assert.Equal("false", page.Find("input[type=search]").GetAttribute("aria-expanded"));
    }

    [Fact]
    public void Columns_AreThoseOfTheAddress_AndAChoiceIsRemembered()
    {
        Run("alpha");
        var page = Open("/runs?cols=lr,width,nonsense");
        Assert.Equal(["", "Status", "Name", "Learning rate", "Width"], page.FindAll("thead th").Select(head => head.TextContent.Trim()));
        Assert.Equal(["Queued", "alpha", "0.001", "128"], page.Find("tr.run").Children.Skip(1).Select(cell => cell.TextContent.Trim()));

        page.FindAll(".pop .menu label").Single(label => label.TextContent == "Seed").QuerySelector("input")!.Change(true);
        Assert.Contains("cols=seed%2Clr%2Cwidth", Addresses.Uri, StringComparison.Ordinal);
        Assert.Equal(["crossbench-columns", "seed,lr,width"], PageModule.Invocations["remember"][^1].Arguments);

        page.FindAll(".pop .menu button").Single().Click();
        Assert.DoesNotContain("cols", Addresses.Uri, StringComparison.Ordinal);
        Assert.Equal(13, page.FindAll("thead th").Count);
    }

    [Fact]
    public void RememberedColumns_AreThere_WithoutAWordInTheAddress()
    {
        PageModule.Setup<string?>("recall", "crossbench-columns").SetResult("loss");
        Run("alpha");
        Assert.Equal(["Status", "Name", "Eval loss"], Open().FindAll("thead th").Skip(1).Select(head => head.TextContent.Trim()));
    }

    [Fact]
    public void EveryColumn_IsDrawn_AndSortsBothWays()
    {
        Run("alpha");
        var keys = string.Join(',', RunColumns.All.Select(column => column.Key));
        var page = Open($"/runs?cols={keys}");
        Assert.Equal(RunColumns.All.Count + 1, page.Find("tr.run").Children.Length);
        Assert.NotNull(page.Find(".runs-x").GetAttribute("tabindex"));
        Assert.Equal(RunColumns.All.Count(column => column.Order is not null), page.FindAll("thead th a").Count);
        Assert.All(page.FindAll("thead th a"), link => Assert.Contains(link.GetAttribute("href")!.Contains("sort=", StringComparison.Ordinal) ? "sort=" : "desc=true", link.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_CountAndSummarise_AndClose()
    {
        Run("alpha", run => run with { Status = RunStatus.Completed });
        Run("beta", run => run with { Status = RunStatus.Failed });
        Run("gate-1");
        var page = Open("/runs?group=architecture");

        Assert.Equal(["gqa", "mig"], page.FindAll("tr.grp b").Select(title => title.TextContent));
        Assert.Equal(["2 runs1 done, 1 failed", "1 run1 queued"], page.FindAll("tr.grp").Select(head => string.Concat(head.QuerySelectorAll(".dim").Select(part => part.TextContent))));
        Assert.Equal(3, page.FindAll("tr.run").Count);

        page.Find("tr.grp button").Click();
        Assert.EndsWith("closed=gqa", Addresses.Uri, StringComparison.Ordinal);
        Assert.Equal("gate-1", Assert.Single(page.FindAll("tr.run .nm")).TextContent);
        Assert.Equal("false", page.Find("tr.grp button").GetAttribute("aria-expanded"));
        page.Find("tr.grp button").Click();
        Assert.Equal(3, page.FindAll("tr.run").Count);

        page.Find("select").Change("Status");
        Assert.Contains("group=status", Addresses.Uri, StringComparison.Ordinal);
        Assert.Equal(["Done", "Failed", "Queued"], page.FindAll("tr.grp b").Select(title => title.TextContent));
    }

    [Fact]
    public async Task AChangedStatus_IsAnnounced()
    {
        var run = Run("alpha", run => run with { Status = RunStatus.Running });
        var page = Open();
        Store.Put(run with { Status = RunStatus.Failed, Reason = "The disk is full." });
        await Changes.ChangeAsync(run.Id);
        page.WaitForAssertion(() => Assert.Equal("alpha: failed. The disk is full.", page.Find("p.sr[aria-live]").TextContent));
    }

    private IRenderedComponent<HeaderAndPage> Open(string address = "/runs")
    {
        Addresses.NavigateTo(address);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(RunList)));
    }
}
