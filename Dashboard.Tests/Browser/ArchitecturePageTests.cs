using Crossbench.Models;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>An architecture's page in a real browser: mathematics that is typeset, and a count that follows the size.</summary>
[Trait("Category", "Browser")]
public sealed class ArchitecturePageTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private WebProcess _web = null!;
    private Chromium _chromium = null!;

    public async ValueTask InitializeAsync() => (_web, _chromium) = (await WebProcess.StartAsync(_folder.Path), await Chromium.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await _web.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Equations_AreTypeset_AndTheCountFollowsTheSize_WhichTheAddressKeeps()
    {
        var (page, complaints) = await _chromium.OpenAsync(_web.Address + "architectures/smat");
        await page.WaitForSelectorAsync(".eqm math");
        var smat = ModelZoo.Find("smat")!;
        Assert.Equal(smat.Equations.Count, await page.Locator(".eqm math").CountAsync());
        Assert.Equal(smat.Equations.Sum(equation => equation.Symbols.Count), await page.Locator(".syms math").CountAsync());
        Assert.Equal(0, await page.Locator(".eq code:visible").CountAsync());
        await Screens.SaveAsync(page, "architecture-smat-1280-light");

        // Every line of every architecture is TeX that the library takes.
        var faults = await page.EvaluateAsync<string[]>(
            "all => all.flatMap(tex => { try { temml.renderToString(tex, { throwOnError: true }); return []; } catch (error) { return [`${tex}: ${error.message}`]; } })",
            ModelZoo.All.SelectMany(item => item.Equations).SelectMany(equation => equation.Symbols.Select(symbol => symbol.Tex).Append(equation.Tex)).Distinct().ToArray());
        Assert.Empty(faults);

        await page.FillAsync("#option-shape-width", "192");
        await page.SelectOptionAsync("#option-architecture-position", "rel_table");
        await page.FillAsync("#option-architecture-block", "300");
        await page.PressAsync("#option-architecture-block", "Enter");
        var options = new Crossbench.Models.Architectures.SmatOptions { Position = Crossbench.Models.Architectures.SmatPosition.RelTable, Block = 300 };
        var expected = smat.Cost(smat.DefaultShape with { Width = 192 }, 256, options).ParameterCount;
        await page.WaitForSelectorAsync($"[data-count='{expected}']");
        await page.WaitForURLAsync("**/architectures/smat?architecture.block=300&architecture.position=rel_table&shape.width=192");
        Assert.Equal(smat.Equations.Count, await page.Locator(".eqm math").CountAsync());
        Assert.EndsWith("/new?architecture.id=smat&architecture.block=300&architecture.position=rel_table&shape.width=192", await page.Locator("a.btn.pri").GetAttributeAsync("href"), StringComparison.Ordinal);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await page.SetViewportSizeAsync(390, 844);
        await page.ReloadAsync();
        await page.WaitForSelectorAsync($"[data-count='{expected}']");
        await page.WaitForSelectorAsync(".eqm math");
        await Screens.SaveAsync(page, "architecture-smat-390-dark");
        await Screens.AssertAccessibleAsync(page);
        Assert.Equal("0", await page.EvaluateAsync<string>("String(document.documentElement.scrollWidth - document.documentElement.clientWidth)"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task WithoutTheLibrary_EquationsStandAsTheirSource_AndThePageGoesOn()
    {
        var (page, _) = await _chromium.OpenAsync(_web.Address + "architectures");
        await page.WaitForSelectorAsync("a[href='/architectures/gqa']");
        await page.RouteAsync("**/temml*", route => route.AbortAsync());
        await page.ClickAsync("a[href='/architectures/gqa']");
        await page.GetByText("Shown as TeX").WaitForAsync();
        Assert.Equal(ModelZoo.All[0].Equations.Count, await page.Locator(".eqm code:visible").CountAsync());
        await page.FillAsync("#option-shape-width", "256");
        await page.WaitForSelectorAsync($"[data-count='{ModelZoo.All[0].Cost(new ModelShape { Width = 256 }, 256, ModelZoo.All[0].Defaults).ParameterCount}']");
        await page.Context.CloseAsync();
    }
}
