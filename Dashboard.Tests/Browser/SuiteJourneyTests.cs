using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>A sweep over noise from the browser, with real workers: opened, launched, filled live, and where it crosses.</summary>
[Trait("Category", "Browser")]
public sealed class SuiteJourneyTests
{
    private const string Text = """
        name = "small sweep"
        seeds = [0, 1, 2]

        [defaults]
        dataset = { id = "sparse_signal", motifLength = 4 }
        shape = { layers = 1, width = 32, heads = 2, kvHeads = 1, ffn = 32, contextLength = 32, vocabulary = 32 }
        training = { steps = 40, batchSize = 4, threads = 1, evaluateEvery = 20, evaluationSequences = 16, checkpointEvery = 0 }

        [grid]
        dataset.signalRatio = [0.5, 0.25]
        architecture.id = ["gqa", "sil"]
        """;

    [Fact]
    public async Task NoiseSweep_IsLaunched_FillsLive_AndShowsItsLevels()
    {
        using var folder = new TempFolder();
        await using var web = await WebProcess.StartAsync(folder.Path);
        await using var chromium = await Chromium.StartAsync();
        using var store = SqliteRunStore.Open(folder.Data, TimeProvider.System);
        var (page, complaints) = await chromium.OpenAsync(web.Address + "suites/new");
        await page.Locator(".planned").WaitForAsync();

        // A mistake shows where it is; what was typed comes back after a reload.
        await page.Locator("#suite-text").FillAsync(Text.Replace("width = 32", "width = 33", StringComparison.Ordinal));
        await page.Locator(".probs .at").First.WaitForAsync();
        await page.Locator(".probs .at").First.ClickAsync();
        await page.WaitForFunctionAsync("document.activeElement.id === 'suite-text'");
        await page.ReloadAsync();
        await page.GetByText("Your changes from before are back.").WaitForAsync();
        await page.Locator("#suite-text").FillAsync(Text);
        await page.GetByText("Launch 12 runs").WaitForAsync();
        await Screens.SaveAsync(page, "journey-suite-editor");
        await page.GetByText("Launch 12 runs").ClickAsync();

        await page.Locator(".mx .pips i").First.WaitForAsync();
        Assert.Equal(12, await page.Locator(".mx .pips i").CountAsync());
        await page.Locator(".mx .pips i.d").First.WaitForAsync(new() { Timeout = 120_000 });
        await Screens.SaveAsync(page, "journey-suite-live");
        await page.Locator(".hd .st-completed").WaitForAsync(new() { Timeout = 240_000 });
        Assert.Equal(12, await page.Locator(".mx .pips i.d").CountAsync());
        var suite = Assert.Single(store.Suites());
        Assert.All(store.RunsOf(suite.Id), run => Assert.Equal(RunStatus.Completed, run.Status));
        using var http = new HttpClient();
        var table = await http.GetStringAsync($"{web.Address}api/suites/{suite.Id}/export?format=csv", TestContext.Current.CancellationToken);
        Assert.Equal(13, table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("<html", await http.GetStringAsync($"{web.Address}api/suites/{suite.Id}/export?format=html", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync($"{web.Address}api/suites/zzz/export", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.GetAsync($"{web.Address}api/suites/{suite.Id}/export?format=pdf", TestContext.Current.CancellationToken)).StatusCode);
        var heads = await page.Locator(".mx thead th").AllTextContentsAsync();
        Assert.StartsWith("51.6", heads[0], StringComparison.Ordinal);
        Assert.StartsWith("77.4", heads[1], StringComparison.Ordinal);
        await page.GetByText("Crossover", new() { Exact = true }).ClickAsync();
        await page.Locator("table[aria-label=Differences] tbody tr").First.WaitForAsync();
        Assert.Contains("chance", await page.Locator(".plt").Nth(1).TextContentAsync(), StringComparison.Ordinal);
        await Screens.AssertAccessibleAsync(page);
        await Screens.SaveAsync(page, "journey-suite-crossover");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }
}
