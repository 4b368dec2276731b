using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>What a person has typed and chosen, when the connection is lost for a while, and when the server is killed and started anew.</summary>
[Trait("Category", "Browser")]
public sealed class RecoveryTests(JourneyTests.House house) : IClassFixture<JourneyTests.House>
{
    private const string Lost = "#components-reconnect-modal";

    [Fact]
    public async Task AKilledServer_LosesNothingThatWasTyped()
    {
        using var folder = new TempFolder();
        RunId id;
        using (var store = SqliteRunStore.Open(folder.Data, TimeProvider.System))
        {
            id = store.Create(SampleRuns.Spec("alpha", "sparse_signal", 0, 1000)).Id;
            store.TryTransition(id, RunStatus.Queued, RunStatus.Stopped, "");
        }

        var first = await WebProcess.StartAsync(folder.Path);
        var (form, _) = await house.Chromium.OpenAsync(first.Address + "new?shape.layers=5");
        await ReadyAsync(form, ".est .code");
        await form.Locator("#option-shape-heads").FillAsync("12");
        await form.Locator("#option-shape-heads").BlurAsync();
        await form.Locator(".pb").First.WaitForAsync();
        await form.Locator("#option-name").FillAsync("typed <b>before</b>");
        var (notes, _) = await house.Chromium.OpenAsync(first.Address + $"runs/{id}?table=true");
        await ReadyAsync(notes, "[data-keys=e]");
        await notes.Keyboard.PressAsync("e");
        await notes.Locator("#notes-text").PressSequentiallyAsync("half a");
        var (list, _) = await house.Chromium.OpenAsync(first.Address + "runs?sort=name&q=al");
        await ReadyAsync(list, "tr.run .chk");
        await list.Locator("tr.run .chk").First.ClickAsync();
        await list.Locator(".selbar").WaitForAsync();
        var (suite, _) = await house.Chromium.OpenAsync(first.Address + "suites/new");
        await ReadyAsync(suite, "#suite-text");
        await first.DisposeAsync();

        await suite.Locator(Lost).WaitForAsync();
        await suite.Locator("#suite-text").FillAsync("seeds = [0, 7]\n");
        await form.Locator(Lost).WaitForAsync();
        await notes.Locator(Lost).WaitForAsync();
        await list.Locator(Lost).WaitForAsync();
        await form.Locator("#option-notes").FillAsync("typed after");
        await notes.Locator("#notes-text").PressSequentiallyAsync(" thought");

        await using var second = await WebProcess.StartAsync(folder.Path, new Uri(first.Address).Port);
        await form.Locator(".restored").WaitForAsync();
        Assert.Equal(["5", "12", "typed <b>before</b>", "typed after"], await ValuesAsync(form, "option-shape-layers", "option-shape-heads", "option-name", "option-notes"));
        await form.Locator(".pb").First.WaitForAsync();
        await Screens.AssertAccessibleAsync(form);
        await Screens.SaveAsync(form, "restored-form");
        await notes.Locator(".warnp").WaitForAsync();
        Assert.EndsWith("?table=true", notes.Url, StringComparison.Ordinal);
        Assert.Equal(["half a thought"], await ValuesAsync(notes, "notes-text"));
        await Screens.AssertAccessibleAsync(notes);
        await notes.Locator(".nform [type=submit]").ClickAsync();
        await notes.Locator(".notes", new() { HasText = "half a thought" }).WaitForAsync();
        using (var store = SqliteRunStore.Open(folder.Data, TimeProvider.System))
        {
            Assert.Equal("half a thought", store.Find(id)!.Spec.Notes);
        }

        await list.Locator(".selbar b", new() { HasText = "1" }).WaitForAsync();
        Assert.EndsWith("runs?sort=name&q=al", list.Url, StringComparison.Ordinal);

        await suite.GetByText("Your changes from before are back.").WaitForAsync();
        Assert.Equal(["seeds = [0, 7]\n"], await ValuesAsync(suite, "suite-text"));
        await suite.Context.CloseAsync();

        // What is safe is not offered again.
        await notes.ReloadAsync();
        await ReadyAsync(notes, "[data-keys=e]");
        Assert.Equal(0, await notes.Locator("#notes-text").CountAsync());
        await form.Context.CloseAsync();
        await notes.Context.CloseAsync();
        await list.Context.CloseAsync();
    }

    [Fact]
    public async Task ALineThatIsCut_KeepsView_Selection_AndWhatWasTypedMeanwhile()
    {
        using var folder = new TempFolder();
        using (var store = SqliteRunStore.Open(folder.Data, TimeProvider.System))
        {
            foreach (var name in (string[])["alpha", "beta", "gamma"])
            {
                store.TryTransition(store.Create(SampleRuns.Spec(name, "sparse_signal", 0, 1000)).Id, RunStatus.Queued, RunStatus.Stopped, "");
            }
        }

        await using var web = await WebProcess.StartAsync(folder.Path);
        await using var line = new Relay(web.Address);
        var (list, _) = await house.Chromium.OpenAsync(line.Address + "runs?sort=name&q=a");
        await ReadyAsync(list, "tr.run .chk");
        await list.Locator("tr.run .chk").First.ClickAsync();
        await list.Locator(".selbar").WaitForAsync();
        var (form, _) = await house.Chromium.OpenAsync(line.Address + "new");
        await ReadyAsync(form, ".est .code");
        line.Cut();
        await list.Locator(Lost).WaitForAsync();
        await form.Locator(Lost).WaitForAsync();
        await Screens.SaveAsync(list, "lost-line");
        await list.Locator("#filter").FillAsync("beta");
        await form.Locator("#option-shape-heads").FillAsync("12");
        line.Mend();

        await form.Locator(Lost).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await form.Locator("#option-shape-heads-problem").WaitForAsync();
        Assert.Equal(["12"], await ValuesAsync(form, "option-shape-heads"));
        await list.Locator(Lost).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await list.WaitForFunctionAsync("() => location.search === '?sort=name&q=beta' && document.querySelectorAll('tr.run').length === 1");
        Assert.Equal("1", await list.Locator(".selbar b").InnerTextAsync());
        await list.Context.CloseAsync();
        await form.Context.CloseAsync();
    }

    private static async Task<string[]> ValuesAsync(IPage page, params string[] ids)
    {
        var values = new List<string>();
        foreach (var id in ids)
        {
            values.Add(await page.Locator($"#{id}").InputValueAsync());
        }

        return [.. values];
    }

    private static async Task ReadyAsync(IPage page, string selector)
    {
        await page.WaitForSelectorAsync("html[data-ready]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.WaitForSelectorAsync(selector);
    }
}
