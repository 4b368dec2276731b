using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Runs.Sqlite;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>The list of runs in a real browser over a day's work: every view of it, and what a person does with many runs.</summary>
[Trait("Category", "Browser")]
public sealed class RunListPageTests(PageTests.Day day) : IClassFixture<PageTests.Day>
{
    public static TheoryData<string, string, string> Views() => new()
    {
        { "plain", "runs", "tr.run .spark" },
        { "grouped", "runs?group=family", "tr.grp .mean" },
        { "closed", "runs?group=architecture&closed=gqa", "tr.grp [aria-expanded=false]" },
        { "columns", "runs?cols=arch,dataset,seed,progress,train,loss,gap,curve,speed,params,lr,width,layers,time,age", ".runs-x tr.run" },
        { "problem", $"runs?q={Uri.EscapeDataString("motif or letters los<3")}", ".fprob mark" },
        { "none", $"runs?q={Uri.EscapeDataString("arch:mig loss>100")}", ".empty" },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public async Task View_IsDrawnWithoutComplaint_AndAccessible(string name, string path, string ready)
    {
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + path);
        await page.WaitForSelectorAsync(ready, new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Screens.AssertEveryLookAsync(page, $"runs-{name}");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task AFilter_IsTypedWithSuggestions_AndMistakesAreMended()
    {
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + "runs");
        await ReadyAsync(page);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("da");
        await page.Locator("[role=option]").First.WaitForAsync();
        await CheckAsync(page, "runs-suggestions");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[role=option]", new() { HasText = "sparse_signal" }).WaitForAsync();
        await page.Keyboard.TypeAsync("spa");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.querySelector('input[type=search]').value === 'dataset:sparse_signal ' && document.querySelector('.total')?.textContent.includes(' of ')");
        await page.Keyboard.TypeAsync("sttus:done");
        await page.Locator(".fprob mark", new() { HasText = "sttus" }).WaitForAsync();
        Assert.Equal("dataset:sparse_signal sttus:done", await page.Locator("input[type=search]").InputValueAsync());
        await Screens.SaveAsync(page, "runs-typed");
        await page.Locator(".fprob button").ClickAsync();
        await page.WaitForFunctionAsync("() => location.href.endsWith('status%3Adone')");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('tr.run')].every(row => row.querySelector('.st').textContent === 'Done')");
        Assert.Equal("dataset:sparse_signal status:done", await page.Locator("input[type=search]").InputValueAsync());
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Runs_AreSelectedByRange_Deleted_AndTakenBack()
    {
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + "runs?sort=name&q=letters");
        await ReadyAsync(page);
        var boxes = page.Locator("tr.run input");
        await boxes.Nth(0).ClickAsync();
        await boxes.Nth(2).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await page.WaitForFunctionAsync("() => document.querySelector('.selbar b')?.textContent === '3'");
        await CheckAsync(page, "runs-selection");
        await page.Locator(".selbar summary", new() { HasText = "Tag" }).ClickAsync();
        await page.Locator(".tagm input").FillAsync("night");
        await page.Locator(".tagm button").First.ClickAsync();
        await page.Locator(".rz-growl-title, .rz-notification-item", new() { HasText = "Tagged night" }).First.WaitForAsync();
        await page.Locator(".selbar .dg").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('tr.run').length === 4");
        await CheckAsync(page, "runs-deleted");
        using (var store = SqliteRunStore.Open(day.Folder, TimeProvider.System))
        {
            Assert.Equal(3, store.Query(new RunQuery { Filter = FilterReading.Of("is:deleted tag:night").Filter }).Total);
        }

        await page.Locator(".undo").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('tr.run').length === 7");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task OnAPhone_RunsAreSelectedByTouch_AndTheBarFits()
    {
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + "runs?sort=name&q=letters", 390);
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.Locator("tr.run").First.WaitForAsync();
        await page.Locator(".pickrow").Nth(0).TapAsync();
        await page.Locator(".pickrow").Nth(1).TapAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.selbar b')?.textContent === '2'");
        await page.Locator(".selbar .c button").TapAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.selbar b')?.textContent === '7'");
        await page.Locator(".selbar summary", new() { HasText = "Export" }).TapAsync();
        await CheckAsync(page, "runs-selected-phone");
        await Screens.ShowAsync(page, 390, isDark: true);
        await CheckAsync(page, "runs-selected-phone-dark");
        foreach (var shown in await page.Locator(".selbar .btn:visible, .selbar .menu:visible a").AllAsync())
        {
            var box = (await shown.BoundingBoxAsync())!;
            Assert.True(box is { X: >= 0, Width: >= 40 } && box.X + box.Width <= 390 && box.Y + box.Height <= 844 - 56, await shown.InnerTextAsync());
        }

        var pick = (await page.Locator(".pickrow").Nth(2).BoundingBoxAsync())!;
        Assert.True(pick is { Width: >= 40, Height: >= 44 }, $"{pick.Width} x {pick.Height} is small for a finger.");
        await page.Locator(".clr").TapAsync();
        await page.Locator(".selbar").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Columns_AreChosen_Remembered_AndClosedByEscape()
    {
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + "runs");
        await ReadyAsync(page);
        await page.Locator(".tool .pop summary").ClickAsync();
        await page.Locator(".tool .menu label", new() { HasText = "Learning rate" }).ClickAsync();
        await page.Locator("th", new() { HasText = "Learning rate" }).WaitForAsync();
        await CheckAsync(page, "runs-column-menu");
        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.Locator(".tool .pop .menu").IsVisibleAsync());
        await page.GotoAsync(day.Web.Address + "runs");
        await page.Locator("th", new() { HasText = "Learning rate" }).WaitForAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ThePalette_OpensARunByItsName_AndHelpTellsTheFilter()
    {
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + "datasets");
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.Keyboard.PressAsync("Control+k");
        await page.Locator("#palette").WaitForAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'palette'");
        await Screens.AssertEveryLookAsync(page, "palette");
        await Screens.ShowAsync(page, 1280, isDark: false);
        await page.Keyboard.TypeAsync("gate-s");
        await page.Locator("[role=option]", new() { HasText = "gate-s0" }).WaitForAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.palette [role=option]').length === 1");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/runs/*", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
        await page.Locator("h1", new() { HasText = "gate-s0" }).WaitForAsync();
        await page.Locator(".palette").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.Locator("[data-keys='?']").ClickAsync();
        await page.Locator(".fhelp").WaitForAsync();
        await Screens.AssertEveryLookAsync(page, "filter-help");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ARunThatWaits_SaysForWhat_AndItsTitleHasRoom()
    {
        using var store = SqliteRunStore.Open(day.Folder, TimeProvider.System);
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + $"runs/{store.FindNamed("motif-s3", 1)[0].Id}");
        await page.Locator(".waiting", new() { HasText = "Place 2 in the queue. Before it is motif-s2." }).WaitForAsync();
        await Screens.AssertEveryLookAsync(page, "run-waiting");
        foreach (var width in (int[])[700, 390])
        {
            await Screens.ShowAsync(page, width, isDark: false);
            Assert.Equal("0", await page.EvaluateAsync<string>("String(document.querySelector('h1').scrollWidth - document.querySelector('h1').clientWidth)"));
            await Screens.SaveAsync(page, $"run-title-{width}");
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Notes_AreMarkdown_WithAPreview_InEveryLook()
    {
        using var store = SqliteRunStore.Open(day.Folder, TimeProvider.System);
        var run = store.FindNamed("letters-s0", 1)[0];
        store.Edit(run.Id, run.Edition, RunLabels.Of(run) with { Notes = "# Night of the long runs\nLoss fell *late*; see [the sweep](https://example.org/a/very/long/address/that/goes/on/and/on) and `--set training.steps=4000`.\n\n- warm-up **twice** as long\n- <b>no</b> dropout\n\n| seed | loss |\n|---|---|\n| 0 | 1.7727 |\n\n> later" });
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + $"runs/{run.Id}");
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.Locator(".prose h3").WaitForAsync();
        Assert.Contains("<b>no</b> dropout", await page.Locator(".prose li").Nth(1).InnerTextAsync(), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("e");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await page.Locator(".preview table").ScrollIntoViewIfNeededAsync();
        await Screens.AssertEveryLookAsync(page, "run-notes-preview");
        foreach (var width in (int[])[1280, 390])
        {
            await Screens.ShowAsync(page, width, isDark: false);
            var (item, all) = ((await page.Locator(".preview li").First.BoundingBoxAsync())!, (await page.Locator(".preview").BoundingBoxAsync())!);
            Assert.True(item.Width > 0.7 * all.Width, $"At {width} px an item takes {item.Width} of {all.Width} px.");
        }

        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TwoPeople_WhoEditTheSameNotes_LoseNothing()
    {
        using var store = SqliteRunStore.Open(day.Folder, TimeProvider.System);
        var run = store.FindNamed("motif-faint", 1)[0];
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + $"runs/{run.Id}");
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.WaitForSelectorAsync("[data-keys=e]");
        await page.Keyboard.PressAsync("e");
        await page.Locator("#notes-text").FillAsync("my <b>text</b>");
        store.Edit(run.Id, run.Edition, RunLabels.Of(run) with { Notes = "their text", Tags = ["theirs"] });
        await page.Locator(".warnp").WaitForAsync();
        await page.Locator(".nform [type=submit]").ClickAsync();
        await page.Locator(".conflict").ScrollIntoViewIfNeededAsync();
        await CheckAsync(page, "run-notes-conflict");
        await page.GetByRole(AriaRole.Button, new() { Name = "Put both together" }).ClickAsync();
        await page.Locator(".nform [type=submit]").ClickAsync();
        await page.Locator(".notes", new() { HasText = "my <b>text</b>" }).WaitForAsync();
        Assert.Equal("their text\n\nmy <b>text</b>", store.Find(run.Id)!.Spec.Notes);

        await page.Locator(".notes-sec .dg").ClickAsync();
        await page.Locator(".undo").WaitForAsync();
        Assert.Empty(complaints);

        // The browser itself complains of the status 404 that the address of a deleted run has.
        await page.GotoAsync(day.Web.Address + $"runs/{run.Id}");
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        await page.Locator(".hd .st-completed").WaitForAsync();
        Assert.All(complaints, complaint => Assert.Contains("404", complaint, StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    private static async Task CheckAsync(IPage page, string name)
    {
        await page.EvaluateAsync("document.fonts.ready");
        await Screens.SaveAsync(page, name);
        await Screens.AssertAccessibleAsync(page);
        Assert.Equal("0", await page.EvaluateAsync<string>("String(document.documentElement.scrollWidth - document.documentElement.clientWidth)"));
    }

    private static async Task ReadyAsync(IPage page)
    {
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.Locator("tr.run .spark").First.WaitForAsync();
    }
}
