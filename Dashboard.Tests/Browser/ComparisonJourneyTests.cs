using System.Text.RegularExpressions;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Reports;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>Two architectures with five seeds each, from the form to the comparison and its report, with real workers; and a foreign report beside them.</summary>
[Trait("Category", "Browser")]
public sealed partial class ComparisonJourneyTests
{
    private const string Form = "new?dataset.id=sparse_signal&dataset.motifLength=4&shape.layers=1&shape.width=32&shape.heads=2&shape.kvHeads=1&shape.ffn=32&shape.contextLength=32&shape.vocabulary=32"
        + "&training.steps=30&training.batchSize=4&training.threads=1&training.evaluateEvery=15&training.evaluationSequences=16&training.checkpointEvery=0&name=pair";

    [Fact]
    public async Task TwoVariants_WithFiveSeeds_AreCompared_Reported_AndSetBesideAForeignReport()
    {
        using var folder = new TempFolder();
        await using var web = await WebProcess.StartAsync(folder.Path);
        await using var chromium = await Chromium.StartAsync();
        using var store = SqliteRunStore.Open(folder.Data, TimeProvider.System);
        var (page, complaints) = await chromium.OpenAsync(web.Address + Form);
        await LaunchAsync(page);
        var runs = store.RunsOf(Assert.Single(store.Suites()).Id);
        Assert.Equal(10, runs.Count);
        Assert.All(runs, run => Assert.Equal(RunStatus.Completed, run.Status));

        await CompareAllAsync(page);
        Assert.Equal(["gqa", "sil"], (await page.Locator(".delta tbody th").AllInnerTextsAsync()).Select(name => Word().Match(name).Value).Order(StringComparer.Ordinal));
        var row = await page.Locator(".delta tbody tr:has(svg.fr)").InnerTextAsync();
        Assert.Contains("5 seeds", row, StringComparison.Ordinal);
        Assert.Matches(@"[−+]?\d\.\d+ \[[−+]?\d\.\d+, [−+]?\d\.\d+\]", row);
        Assert.Contains("mean over seeds with its 95 % t interval", await page.Locator("[data-chart='eval-loss']").InnerTextAsync(), StringComparison.Ordinal);
        await Screens.AssertEveryLookAsync(page, "journey-comparison");
        await Screens.ShowAsync(page, 1280, isDark: false);

        await ReportsAsync(page, web);
        await SetBesideForeignAsync(page, web, folder, store);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static async Task LaunchAsync(IPage page)
    {
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GetByLabel("Field to vary").SelectOptionAsync("architecture.id");
        await page.GetByLabel("Values of the field").FillAsync("gqa, sil");
        await page.GetByLabel("Seeds", new() { Exact = true }).Last.FillAsync("0-4");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open as suite" }).ClickAsync();
        await page.GetByText("Launch 10 runs").ClickAsync();
        await page.Locator(".hd .st-completed").WaitForAsync(new() { Timeout = 240_000 });
    }

    /// <summary>By the keyboard, as a person at it would: the list of all runs, all of them, compare.</summary>
    private static async Task CompareAllAsync(IPage page)
    {
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("r");
        await page.Locator("tr.run").First.WaitForAsync();
        await page.Locator("thead input[type=checkbox]").CheckAsync();
        await page.Locator(".selbar").WaitForAsync();
        await page.Keyboard.PressAsync("c");
        await page.WaitForSelectorAsync("[data-chart='eval-loss'] .chart[data-points]:not([data-points='0'])");
        await page.Locator(".delta tbody tr").Nth(1).WaitForAsync();
    }

    private static async Task ReportsAsync(IPage page, WebProcess web)
    {
        var html = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export" }).First.ClickAsync());
        Assert.EndsWith(".html", html.SuggestedFilename, StringComparison.Ordinal);
        Assert.Contains("pair", await File.ReadAllTextAsync((await html.PathAsync())!, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var csv = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).First.ClickAsync());
        Assert.Equal(11, (await File.ReadAllLinesAsync((await csv.PathAsync())!, TestContext.Current.CancellationToken)).Length);
        using var http = new HttpClient();
        var ids = new Uri(page.Url).Query["?runs=".Length..];
        foreach (var (path, sign) in new[] { ($"export?runs={ids}&format=markdown", "| "), ($"export?runs={ids}&format=latex", @"\begin{tabular}"), ($"runs/{ids.Split("%2C")[0].Split(',')[0]}/export?format=json", "\"loss_series\"") })
        {
            Assert.Contains(sign, await http.GetStringAsync($"{web.Address}api/{path}", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    /// <summary>A report of TransBench, imported on the command line while the page is open, is a run to compare with.</summary>
    private static async Task SetBesideForeignAsync(IPage page, WebProcess web, TempFolder folder, SqliteRunStore store)
    {
        var file = folder.Write("foreign.json", ForeignReports.Of("gqa", 5_648_128).ToJsonString());
        using var import = WebProcess.Start("import", file, "--data", folder.Path);
        await import.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, import.ExitCode);
        var foreign = store.FindNamed("cuda-gqa", 2).Single();
        await page.GotoAsync($"{web.Address}compare?runs={foreign.Id},{string.Join(',', store.RunsOf(store.Suites()[0].Id).Select(run => run.Id))}&metric=train");
        await page.Locator("[data-chart='train-loss'] .chart[data-points]:not([data-points='0'])").WaitForAsync();
        Assert.Contains("cuda-gqa", await page.Locator(".delta").InnerTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"cuda-gqa[^\n]*\[", await page.Locator(".delta").InnerTextAsync());
        await Screens.SaveAsync(page, "journey-foreign");
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
