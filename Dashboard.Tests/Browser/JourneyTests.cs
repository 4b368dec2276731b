using System.Diagnostics;
using System.Globalization;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>What a person does, against the real application, real workers and a real browser.</summary>
[Trait("Category", "Browser")]
public sealed class JourneyTests(JourneyTests.House house) : IClassFixture<JourneyTests.House>
{
    private const string Small = "shape.layers=2&shape.width=64&shape.ffn=128&shape.contextLength=64&training.threads=1";

    [Fact]
    public async Task FirstCurve_FromLaunchToDone()
    {
        var (page, complaints) = await house.Chromium.OpenAsync(house.Web.Address + $"new?{Small}&training.steps=400&training.evaluateEvery=100&name=first-curve");
        await LaunchAsync(page, complaints);
        var id = IdOf(page);

        // The first point is on the chart at most two seconds after the first step was recorded.
        await house.WhenAsync(id, run => run.Step > 0);
        var waited = Stopwatch.StartNew();
        await page.WaitForSelectorAsync(".chart[data-points]:not([data-points='0'])");
        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 2);

        await page.WaitForFunctionAsync("() => document.querySelector('.facts').textContent.includes('400 / 400')", null, new() { Timeout = 120_000 });
        await page.Locator(".hd .st-completed").WaitForAsync();
        Assert.Contains("Done at step 400", await page.Locator("[aria-live=polite].sr").First.TextContentAsync(), StringComparison.Ordinal);
        var run = house.Store.Find(id)!;
        Assert.True(run.EvalHigh < run.Chance, $"It should have learned: {run.EvalHigh} against chance {run.Chance}.");

        // Each of the 400 steps, as it is and smoothed; the last of them may be on their way.
        await page.WaitForFunctionAsync("() => document.querySelector('.chart').dataset.points >= 800");
        Assert.InRange(int.Parse((await page.Locator(".chart").First.GetAttributeAsync("data-points"))!, CultureInfo.InvariantCulture), 800, 2000);
        await Screens.SaveAsync(page, "journey-first-curve");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task OwnText_IsLearned_FromTheBrowser()
    {
        // A long text that comes with Debian: the history of an editor where it is installed, else a licence.
        var text = new[] { "/usr/share/vim/vim90/doc/version8.txt", "/usr/share/common-licenses/GPL-3" }.First(File.Exists);
        var (page, complaints) = await house.Chromium.OpenAsync(house.Web.Address + "new?training.steps=300&training.evaluateEvery=50");
        await page.Locator("#option-dataset-id").SelectOptionAsync("text");
        await page.Locator("#option-dataset-path").FillAsync("/nowhere/at/all.txt");
        await page.Locator("#option-dataset-path-problem .pb").WaitForAsync();
        await page.Locator("#option-dataset-path").FillAsync(text);
        await page.Locator("#option-name").FillAsync("own-text");
        await page.Locator(".probs").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Screens.SaveAsync(page, "journey-own-text-form");
        await LaunchAsync(page, complaints);
        var id = IdOf(page);
        await house.WhenAsync(id, run => run.Step >= 180);
        await page.Locator(".hd .st-running").WaitForAsync();
        await Screens.SaveAsync(page, "journey-own-text-live");
        await page.Locator(".hd .st-completed").WaitForAsync(new() { Timeout = 240_000 });
        await Screens.SaveAsync(page, "journey-own-text");
        var run = house.Store.Find(id)!;
        Assert.True(run.EvalHigh < run.Chance - 0.3, $"Evaluation {run.EvalHigh} should be clearly below the unigram entropy of {run.Chance}.");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task GatedRun_ShowsItsGate_ByTokenClass()
    {
        var (page, complaints) = await house.Chromium.OpenAsync(
            house.Web.Address + $"new?{Small}&architecture.id=mig&dataset.id=sparse_signal&shape.vocabulary=64&training.steps=120&training.evaluateEvery=40&name=gate");
        await LaunchAsync(page, complaints);
        var id = IdOf(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Diagnostics" }).ClickAsync();
        await page.Locator(".hists figure").First.WaitForAsync();
        await page.Locator(".hd .st-completed").WaitForAsync(new() { Timeout = 120_000 });
        await page.Locator(".toks span").First.WaitForAsync();
        Assert.Contains("signal mean", await page.Locator(".hists svg").First.GetAttributeAsync("aria-label"), StringComparison.Ordinal);
        await page.Locator(".ll").GetByText("AUROC").First.WaitForAsync();
        Assert.Equal(64, await page.Locator(".toks").First.Locator("span").CountAsync());
        await Screens.AssertAccessibleAsync(page);
        await Screens.SaveAsync(page, "journey-gate");
        Assert.NotNull(house.Store.ReadLatestSnapshot(id, "layer0.gate.histogram"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task StoppedRun_SaysSo_AndResumes()
    {
        var (page, complaints) = await LaunchAsync("stop-me", 100_000);
        var id = IdOf(page);
        await house.WhenAsync(id, run => run.Step >= 20);
        await page.Locator(".acts").GetByText("Stop").ClickAsync();
        await page.Locator(".hd .st-stopped").WaitForAsync();
        await page.Locator(".ended").WaitForAsync();
        Assert.Equal(RunStatus.Stopped, house.Store.Find(id)!.Status);
        await Screens.SaveAsync(page, "journey-stopped");

        var stoppedAt = house.Store.Find(id)!.Step;
        await page.Locator(".acts").GetByText("Resume").ClickAsync();
        await house.WhenAsync(id, run => run.Status == RunStatus.Running && run.Step > stoppedAt);
        await page.Locator(".hd .st-running").WaitForAsync();
        await page.Locator(".acts").GetByText("Stop").ClickAsync();
        await page.Locator(".hd .st-stopped").WaitForAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task KilledWorker_LeavesTheRunInterrupted_WithTheReason()
    {
        var (page, complaints) = await LaunchAsync("kill-me", 100_000);
        var id = IdOf(page);
        await house.WhenAsync(id, run => run.Step >= 20 && run.ProcessId is not null);
        using (var worker = Process.GetProcessById(house.Store.Find(id)!.ProcessId!.Value))
        {
            worker.Kill();
        }

        await page.Locator(".hd .st-interrupted").WaitForAsync();
        var reason = house.Store.Find(id)!.Reason;
        Assert.NotEmpty(reason);
        Assert.Contains(reason, await page.Locator(".ended").TextContentAsync(), StringComparison.Ordinal);
        await page.Locator(".acts").GetByText("Resume").WaitForAsync();
        await Screens.AssertAccessibleAsync(page);
        await Screens.SaveAsync(page, "journey-interrupted");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Circuit_TakesEvents_AndTheKeyboard()
    {
        var (page, complaints) = await house.Chromium.OpenAsync(house.Web.Address + "new");
        await page.Locator("#option-shape-heads").FillAsync("12");
        await page.Locator(".pb .lk").Filter(new() { HasText = "8" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("#option-shape-heads")).ToHaveValueAsync("8");
        await page.Locator("#option-training-learningRate").PressAsync("End");
        await page.Locator("#option-training-learningRate").PressSequentiallyAsync("e-5");
        await Assertions.Expect(page.Locator("#option-training-learningRate")).ToHaveValueAsync("0.001e-5");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#option-shape-heads")).ToHaveValueAsync("8");

        await page.ReloadAsync();
        await page.Locator("[data-keys='?']").WaitForAsync();
        await page.Keyboard.PressAsync("?");
        await page.Locator(".rz-dialog .keys").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".rz-dialog").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("r");
        await page.WaitForURLAsync("**/runs", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });

        await page.Locator("button[aria-label^='Theme']").ClickAsync();
        await page.Locator("html[data-theme=light]").WaitForAsync();
        await page.Locator("button[aria-label^='Theme']").ClickAsync();
        await page.Locator("html[data-theme=dark]").WaitForAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task LostServer_ShowsABar_AndTheNextOneTakesOver()
    {
        using var folder = new TempFolder();
        var first = await WebProcess.StartAsync(folder.Path);
        var (page, _) = await house.Chromium.OpenAsync(first.Address + "new");
        await page.Locator(".est .code").WaitForAsync();
        await first.DisposeAsync();
        await page.Locator("#components-reconnect-modal").WaitForAsync();
        Assert.Contains("Connection lost", await page.Locator("#components-reconnect-modal").TextContentAsync(), StringComparison.Ordinal);
        await Screens.SaveAsync(page, "journey-lost-server");

        await using var second = await WebProcess.StartAsync(folder.Path, new Uri(first.Address).Port);
        await page.Locator("#components-reconnect-modal").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.Locator("#option-shape-heads").FillAsync("12");
        await page.Locator(".pb").First.WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task PortInUse_IsOneMessage_AndExitCode2()
    {
        using var folder = new TempFolder();
        using var process = WebProcess.Start("serve", "--data", folder.Path, "--port", new Uri(house.Web.Address).Port.ToString(CultureInfo.InvariantCulture));
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.Equal($"Port {new Uri(house.Web.Address).Port} is in use by another program. Give a free one with --port N, or --port 0 to take any.", errors.Trim());
    }

    private async Task<(IPage Page, List<string> Complaints)> LaunchAsync(string name, int steps)
    {
        var opened = await house.Chromium.OpenAsync(house.Web.Address + $"new?{Small}&training.steps={steps}&training.evaluateEvery=0&name={name}");
        await LaunchAsync(opened.Page, opened.Complaints);
        return opened;
    }

    private async Task LaunchAsync(IPage page, List<string> complaints)
    {
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch" }).ClickAsync();
        try
        {
            // Commit: the document stays, so there may be no further load event to wait for.
            await page.WaitForURLAsync("**/runs/*", new() { WaitUntil = WaitUntilState.Commit });
        }
        catch (TimeoutException)
        {
            var shown = await page.Locator("body").InnerTextAsync();
            Assert.Fail($"Launch led nowhere but to {page.Url}. The page shows:\n{shown}\nThe browser says:\n{string.Join('\n', complaints)}\nThe server says:\n{house.Web.Errors}");
        }
    }

    private static RunId IdOf(IPage page) => RunId.Parse(page.Url.Split('/')[^1], CultureInfo.InvariantCulture);

    /// <summary>The application over an empty store, a browser, and a look into the store from here.</summary>
    public sealed class House : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        internal WebProcess Web { get; private set; } = null!;

        internal Chromium Chromium { get; private set; } = null!;

        internal TempFolder Folder => _folder;

        internal SqliteRunStore Store { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Web = await WebProcess.StartAsync(_folder.Path);
            Chromium = await Chromium.StartAsync();
            Store = SqliteRunStore.Open(_folder.Data, TimeProvider.System);
        }

        /// <summary>Ends when the store says so; looks as often as the change feed does.</summary>
        internal async Task WhenAsync(RunId id, Func<RunRecord, bool> isSo)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (Store.Find(id) is not { } run || !isSo(run))
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var run in Store.Query(new RunQuery { Statuses = [RunStatus.Running], Limit = 100 }).Runs.Where(run => run.ProcessId is not null))
            {
                using var worker = Process.GetProcessById(run.ProcessId!.Value);
                worker.Kill();
                await worker.WaitForExitAsync();
            }

            await Chromium.DisposeAsync();
            await Web.DisposeAsync();
            Store.Dispose();
            _folder.Dispose();
        }
    }
}
