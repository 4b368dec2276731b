using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>What every page must look like: kept as a picture where a folder for them is named, and free of accessibility violations.</summary>
internal static class Screens
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CROSSBENCH_SCREENSHOTS");

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // From one to the next, one thing changes.
    private static readonly (int Width, bool IsDark)[] Looks = [(1280, false), (1280, true), (390, true), (390, false)];

    /// <summary>The page in both themes at both widths: pictured, accessible, and no wider than its window. Opened once: a person turns a phone or the light off, too.</summary>
    public static async Task AssertEveryLookAsync(IPage page, string name)
    {
        List<string> faults = [];
        await page.EvaluateAsync("document.fonts.ready");
        foreach (var (width, isDark) in Looks)
        {
            var look = $"{width}-{(isDark ? "dark" : "light")}";
            await ShowAsync(page, width, isDark);
            await SaveAsync(page, $"{name}-{look}");
            faults.AddRange((await ViolationsAsync(page)).Select(violation => $"{look}: {violation}"));
            var over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (over > 0)
            {
                faults.Add($"{look}: the page is {over} px wider than its window");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>The page at a width and in a theme, with every chart drawn anew for it.</summary>
    public static async Task ShowAsync(IPage page, int width, bool isDark)
    {
        await page.SetViewportSizeAsync(width, Chromium.HeightOf(width));
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light });
        await page.WaitForFunctionAsync("""
            () => [...document.querySelectorAll('.chart')].every(chart => {
              const drawing = chart.querySelector('svg.main-svg');
              return !drawing || !chart.clientWidth || Math.abs(drawing.width.baseVal.value - chart.clientWidth) < 2;
            })
            """);
    }

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
        var violations = await ViolationsAsync(page);
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    private static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page)
    {
        // What fades in or out has contrasts of its own for a moment.
        await page.EvaluateAsync("Promise.all(document.getAnimations().filter(item => item.effect?.getComputedTiming().endTime !== Infinity).map(item => item.finished.catch(() => null)))");

        // The package's own way opens a window for each report, which takes longer than all the rules do.
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'"))
        {
            await page.EvaluateAsync(Axe);
        }

        return await page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .map(item => `${item.id}: ${item.help}\n  ${item.nodes.slice(0, 4).map(node => node.html).join('\n  ')}`)
            """);
    }
}
