using Crossbench.Reports;
using Crossbench.Reports.Export;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>The exported HTML file, opened from disk as a reader would.</summary>
[Trait("Category", "Browser")]
public sealed class ReportPageTests
{
    [Fact]
    public async Task ExportedPage_IsDrawnWithoutComplaint_AndAccessible_InBothThemesAndWidths()
    {
        using var store = new TestStore();
        using var folder = new TempFolder();
        RunResult[] runs = [.. SampleRuns.Fill(store.Store, store.Clock).Where(run => run.Step > 0).Select(run => RunResult.Read(store.Store, run, ResultDetail.Everything))];
        foreach (var (name, shown) in new[] { ("report", runs), ("report-one", [.. runs.Where(result => result.Run.Status == RunStatus.Completed).Take(1)]) })
        {
            using var file = new MemoryStream();
            ReportFormats.Write(file, ReportFormat.Html, shown);
            folder.Write(name + ".html", file.ToArray());
        }

        await using var chromium = await Chromium.StartAsync();
        foreach (var (name, count) in new[] { ("report", runs.Length), ("report-one", 1) })
        {
            var (page, complaints) = await chromium.OpenAsync(new Uri(folder.File(name + ".html")).AbsoluteUri);
            Assert.Equal(count, await page.EvaluateAsync<int>("JSON.parse(document.getElementById('data').textContent).length"));
            await Screens.AssertEveryLookAsync(page, name);
            await page.Locator("figure").First.ScrollIntoViewIfNeededAsync();
            await Screens.SaveAsync(page, $"{name}-chart-390-light");
            Assert.Empty(complaints);
            await page.Context.CloseAsync();
        }
    }
}
