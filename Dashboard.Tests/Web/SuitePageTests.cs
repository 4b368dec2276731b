using AngleSharp.Dom;
using Bunit;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Suites;
using Crossbench.Tests.Support;
using Crossbench.Web.Components.Pages;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>The list of suites, and the page of one.</summary>
public sealed class SuitePageTests : SuitePageContext
{
    private const string Two = "name = \"two\"\nseeds = [0, 1]\n[defaults]\ndataset.id = \"sparse_signal\"\n[[run]]\nname = \"a\"\n";

    [Fact]
    public void EmptyStore_SaysWhatBelongsHere_AndOffersTheFilesThatComeAlong()
    {
        var page = Open(typeof(SuiteList), "/suites");
        Assert.Contains("No suite has been queued yet.", page.Markup, StringComparison.Ordinal);
        Assert.Equal("/suites/new?file=corrected.sparse_signal", page.FindAll("table a").Single(link => link.TextContent == "corrected.sparse_signal").GetAttribute("href"));
        Assert.Equal("/suites/new", page.Find(".empty .btn.pri").GetAttribute("href"));
    }

    [Fact]
    public async Task List_TalliesTheRuns_AndFollowsThem()
    {
        var started = Start(Two);
        var page = Open(typeof(SuiteList), "/suites");
        Assert.Equal("2 queued", page.Find(".tallybar").GetAttribute("aria-label"));
        Assert.Contains("0 of 2", page.Find("table.suites tbody tr").TextContent, StringComparison.Ordinal);
        Runs.TryTransition(started.Members[0].Id, RunStatus.Queued, RunStatus.Running, "");
        await Changes.ChangeAsync(started.Members[0].Id);
        page.WaitForAssertion(() => Assert.Equal("1 queued, 1 running", page.Find(".tallybar").GetAttribute("aria-label")));
        Assert.Equal("Running", page.Find("table.suites .st").TextContent);
    }

    [Fact]
    public void UnknownSuite_IsAFriendlyPage() => Assert.Contains("There is no suite zzz.", Open(typeof(SuiteDetails), "/suites/zzz", ("Id", "zzz")).Markup, StringComparison.Ordinal);

    [Fact]
    public void Matrix_ShowsMeansDifferencesPipsAndWhereRowsCross()
    {
        var page = OpenSample();
        Assert.Equal(["50.2\u00a0%", "70.6\u00a0%", "85.5\u00a0%", "95.7\u00a0%"], page.FindAll(".mx thead th").Take(4).Select(head => head.FirstChild!.TextContent));
        Assert.Contains("signalRatio 0.5, floor 4.175", page.FindAll(".mx thead th")[0].TextContent, StringComparison.Ordinal);
        var rows = page.FindAll(".mx tbody tr").ToDictionary(row => row.QuerySelector("th")!.TextContent);
        Assert.Equal(["gqabaseline", "mig", "migkeepRatio 0.05", "sil", "rwkv6", "migtopkMode global"], rows.Keys);
        Assert.Equal(5, rows["gqabaseline"].QuerySelectorAll("td")[0].QuerySelectorAll(".pips i.d").Length);
        Assert.All(rows.Values.Select(row => row.QuerySelectorAll("td")[3]).Where(cell => cell.QuerySelector(".dl")!.TextContent.Contains("learned", StringComparison.Ordinal)), cell => Assert.DoesNotContain("better", cell.ClassName, StringComparison.Ordinal));
        Assert.Contains(rows.Values, row => row.QuerySelector("td.worse") is not null);
        Assert.Contains("4 of 5", rows["rwkv6"].TextContent, StringComparison.Ordinal);
        Assert.Contains("needs 2 levels", rows["rwkv6"].TextContent, StringComparison.Ordinal);
        Assert.Contains("1 broken", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Matrix_ExcludesWhatSeesTheFuture_WithoutAnyTint()
    {
        var row = OpenSample().FindAll(".mx tbody tr").Single(row => row.QuerySelector("td.ex") is not null);
        Assert.Contains("excluded", row.TextContent, StringComparison.Ordinal);
        Assert.Empty(row.QuerySelectorAll("td.better, td.worse"));
    }

    [Fact]
    public void Axes_AndBaseline_AreChosenInTheAddress()
    {
        var page = OpenSample();
        Addresses.NavigateTo(page.FindAll(".axes a").Single(link => link.TextContent.Contains("signalRatio", StringComparison.Ordinal)).GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal(24, page.FindAll(".mx tbody tr").Count));
        Addresses.NavigateTo(Addresses.Uri.Split('?')[0] + "?baseline=sil");
        page.WaitForAssertion(() => Assert.Contains("difference to sil", page.Find(".sh .note").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pause_TakesQueuedRunsOutOfTheQueueFirst_AndStopAsks()
    {
        var started = Start(Two);
        Runs.TryTransition(started.Members[0].Id, RunStatus.Queued, RunStatus.Running, "");
        var page = Open(typeof(SuiteDetails), $"/suites/{started.Suite.Id}", ("Id", started.Suite.Id));
        await page.FindAll(".acts button").Single(button => button.TextContent == "Pause").ClickAsync();
        Assert.Equal([$"stop {started.Members[1].Id}", $"pause {started.Members[0].Id}"], Suites.Calls);
        var dialogs = Services.GetRequiredService<DialogService>();
        var asked = "";
        dialogs.OnOpen += (title, _, _, _) =>
        {
            asked = title;
            dialogs.Close(false);
        };
        await page.FindAll(".acts button").Single(button => button.TextContent == "Stop").ClickAsync();
        Assert.Equal(("Stop", 2), (asked, Suites.Calls.Count));
    }

    [Fact]
    public void ReusedRuns_BelongToTheMatrix()
    {
        var first = Start(Two);
        foreach (var member in first.Members)
        {
            Runs.TryTransition(member.Id, RunStatus.Queued, RunStatus.Running, "");
            Runs.Append(member.Id, [new Crossbench.Training.Evaluated(10, Crossbench.Training.Evaluated.OwnSet, 5, 4.9, 5.1, [])]);
            Runs.TryTransition(member.Id, RunStatus.Running, RunStatus.Completed, "");
        }

        var file = FileOf("more");
        var text = Two.Replace("[0, 1]", "[0, 1, 2]", StringComparison.Ordinal);
        var second = new SuiteLauncher(Runs, Runs).Start(SampleSuites.Expand(text, file), new SuiteText("more", file, text, false), reuse: true);
        var page = Open(typeof(SuiteDetails), $"/suites/{second.Suite.Id}", ("Id", second.Suite.Id));
        page.WaitForAssertion(() => Assert.Contains("2 runs reused", page.Markup, StringComparison.Ordinal));
        Assert.Equal(3, page.FindAll(".mx tbody .pips i").Count);
    }

    private StartedSuite Start(string text)
    {
        var file = FileOf("two");
        return new SuiteLauncher(Runs, Runs).Start(SampleSuites.Expand(text, file), new SuiteText("two", file, text, false), reuse: false);
    }

    private IRenderedComponent<HeaderAndPage> OpenSample()
    {
        var (suite, _) = SampleSuites.Fill(Runs, Clock, FileOf("noise-crossover"));
        return Open(typeof(SuiteDetails), $"/suites/{suite.Id}", ("Id", suite.Id));
    }
}
