using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>What every page must look like: kept as a picture where a folder for them is named, and free of accessibility violations.</summary>
internal static class Screens
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CROSSBENCH_SCREENSHOTS");

    public static async Task SaveAsync(IPage page, string name)
    {
        if (Folder is null)
        {
            return;
        }

        Directory.CreateDirectory(Folder);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
    }

    public static async Task AssertAccessibleAsync(IPage page)
    {
        // What fades in or out has contrasts of its own for a moment.
        await page.EvaluateAsync("Promise.all(document.getAnimations().filter(item => item.effect?.getComputedTiming().endTime !== Infinity).map(item => item.finished.catch(() => null)))");
        var result = await page.RunAxe();
        Assert.True(
            result.Violations.Length == 0,
            string.Join('\n', result.Violations.Select(violation => $"{violation.Id}: {violation.Help}\n  {string.Join("\n  ", violation.Nodes.Take(4).Select(node => node.Html))}")));
    }
}
