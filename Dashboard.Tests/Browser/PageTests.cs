using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>Every page over a store of a day's work: drawn without complaint, accessible, in both themes and at both widths.</summary>
[Trait("Category", "Browser")]
public sealed class PageTests(PageTests.Day day) : IClassFixture<PageTests.Day>
{
    public static TheoryData<string> Views() => ["runs", "new-run", "new-run-problems", "run", "run-diverged", "run-table", "run-diagnostics", "run-diagnostics-table", "compare", "compare-table", "compare-none", "architectures", "architecture", "datasets", "dataset", "dataset-chat", "dataset-table", "dataset-problems", "dataset-text", "dataset-noisy", "not-found"];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Page_IsDrawnWithoutComplaint_AndAccessible(string name)
    {
        var (path, ready) = day.Of(name);
        var (page, complaints) = await day.Chromium.OpenAsync(day.Web.Address + path);
        await page.WaitForSelectorAsync(ready, new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Screens.AssertEveryLookAsync(page, name);
        Assert.Empty(name == "not-found" ? [] : complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task TheChecks_FindWhatIsWrong()
    {
        var (page, _) = await day.Chromium.OpenAsync(day.Web.Address + "system");
        await page.WaitForSelectorAsync("table[aria-label=Workers]");
        await page.EvaluateAsync("document.getElementById('main').innerHTML = '<p style=\"color:#888;background:#999;width:1000px\">pale</p><img src=\"icon.svg\" />'");
        var told = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => Screens.AssertEveryLookAsync(page, "broken"));
        foreach (var fault in (string[])["1280-dark: color-contrast", "390-light: image-alt", "390-dark: the page is"])
        {
            Assert.Contains(fault, told.Message, StringComparison.Ordinal);
        }

        await page.Context.CloseAsync();
    }

    /// <summary>A filled store, the application over it, and a browser.</summary>
    public sealed class Day : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();
        private IReadOnlyList<RunRecord> _runs = [];
        private RunLock? _worker;

        internal Crossbench.Datasets.DataFolder Folder => _folder.Data;

        internal WebProcess Web { get; private set; } = null!;

        internal Chromium Chromium { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var clock = new TestClock();
            clock.Advance(TimeProvider.System.GetUtcNow() - clock.GetUtcNow() - TimeSpan.FromMinutes(12 * 44));
            using (var store = SqliteRunStore.Open(_folder.Data, clock))
            {
                _runs = SampleRuns.Fill(store, clock);

                // This process is the worker of the running run: it holds its lock and the only slot, so the queue leaves everything as it is.
                var running = _runs.First(run => run.Status == RunStatus.Running).Id;
                _worker = RunLock.TryTake(_folder.Data, running);
                store.TryLease(running, "cpu", 1, _ => true);
            }

            var turns = Enumerable.Range(0, 200).Select(i => $$"""{"messages":[{"role":"user","content":"What is {{i}} and {{i}}?"},{"role":"assistant","content":"It is {{2 * i}},\tas ever."}]}""");
            _folder.Write("datasets/imports/talk.jsonl", string.Join('\n', turns));
            _folder.Write("datasets/imports/a book with a rather long name, as they come from libraries (second edition).txt", new string('a', 200_000));
            _folder.Write("datasets/imports/photo.txt", [1, 2, 0, 3, .. new byte[5000]]);
            Web = await WebProcess.StartAsync(_folder.Path);
            Chromium = await Chromium.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Chromium.DisposeAsync();
            await Web.DisposeAsync();
            _worker?.Dispose();
            _folder.Dispose();
        }

        internal (string Path, string Ready) Of(string name) => name switch
        {
            "runs" => ("runs", "tr.run .spark"),
            "new-run" => ("new?dataset.id=sparse_signal&shape.heads=8&training.steps=2000", ".est .code"),
            "new-run-problems" => ("new?shape.heads=12&training.learningRate=0.3&dataset.path=", ".est .probs"),
            "run" => ($"runs/{Named("letters-s2")}", ".chart[data-points]:not([data-points='0'])"),
            "run-diverged" => ($"runs/{Named("letters-hot")}?x=time&log=true", ".chart[data-points]:not([data-points='0'])"),
            "run-table" => ($"runs/{Named("motif-s1")}?table=true", ".scrollx tbody tr"),
            "run-diagnostics" => ($"runs/{Named("gate-s0")}?view=diagnostics", ".toks span"),
            "run-diagnostics-table" => ($"runs/{Named("gate-s0")}?view=diagnostics&table=true", ".scrollx.tall td"),
            "compare" => ($"compare?runs={string.Join(',', _runs.Where(run => run.Step > 0).Select(run => run.Id))},zzzzzzzzzzzz&metric=train", ".chart[data-points]:not([data-points='0'])"),
            "compare-table" => ($"compare?runs={Named("motif-s0")},{Named("motif-s1")},{Named("gate-s0")}&table=true", ".scrollx tbody tr"),
            "compare-none" => ("compare", ".empty"),
            "architectures" => ("architectures", ".cards .card"),
            "architecture" => ("architectures/mig?shape.width=256", ".eqm math"),
            "datasets" => ("datasets", ".cards[data-ready]"),
            "dataset" => ("datasets/sparse_signal?shape.vocabulary=64&dataset.signalRatio=0.5", "[data-state=done]"),
            "dataset-chat" => ($"datasets/chat?look=true&dataset.path={Uri.EscapeDataString(_folder.File("datasets/imports/talk.jsonl"))}", "[data-state=done]"),
            "dataset-table" => ("datasets/sparse_signal?shape.vocabulary=64&table=true", ".scrollx.tall td"),
            "dataset-problems" => ("datasets/text?dataset.path=missing.txt&shape.contextLength=0&training.steps=3", ".probs.loose"),
            "dataset-text" => ("datasets/text", "[data-state=open]"),
            "dataset-noisy" => ("datasets/noisy_text", "[data-state=open]"),
            _ => ("nowhere", "h1"),
        };

        private RunId Named(string name) => _runs.First(run => run.Spec.Name == name).Id;
    }
}
