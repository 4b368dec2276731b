using AngleSharp.Dom;
using Bunit;
using Crossbench.Runs;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
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
    public void Filter_ThatNothingMatches_SaysSo_WithAWayBack()
    {
        Run("alpha");
        var page = Open("/runs?q=zzz");
        Assert.Contains("No run matches \"zzz\".", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Equal("/runs", page.Find(".empty a").GetAttribute("href"));
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
    public void Selection_WithoutEndedRuns_DeletesNothing_AndSaysWhy()
    {
        Run("alpha", run => run with { Status = RunStatus.Running });
        var page = Open();
        page.Find("tr.run input[type=checkbox]").Change(true);
        page.Find(".selbar .dg").Click();
        Assert.Contains("Stop them first", Services.GetRequiredService<NotificationService>().Messages.Single().Detail, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("tr.run"));
    }

    [Fact]
    public async Task Selection_WhenConfirmed_IsDeleted()
    {
        Run("old", run => run with { Status = RunStatus.Completed });
        Run("kept", run => run with { Status = RunStatus.Completed });
        var dialogs = Services.GetRequiredService<DialogService>();
        dialogs.OnOpen += (_, _, _, _) => dialogs.Close(true);
        var page = Open();
        page.FindAll("tr.run").Single(row => row.QuerySelector(".nm")!.TextContent == "old").QuerySelector("input")!.Change(true);
        await page.Find(".selbar .dg").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("kept", Assert.Single(page.FindAll("tr.run .nm")).TextContent));
        Assert.Empty(page.FindAll(".selbar"));
    }

    private IRenderedComponent<HeaderAndPage> Open(string address = "/runs")
    {
        Addresses.NavigateTo(address);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(RunList)));
    }
}
