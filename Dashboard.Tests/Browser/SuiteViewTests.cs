using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>Suites over a store with a sweep in it: drawn without complaint, accessible, in both themes and at both widths.</summary>
[Trait("Category", "Browser")]
public sealed class SuiteViewTests(SuiteViewTests.Sweep sweep) : IClassFixture<SuiteViewTests.Sweep>
{
    public static TheoryData<string> Views() => ["suites", "suite", "suite-editor", "suite-editor-problems", "suite-efficiency", "suite-convergence", "suite-table", "suite-crossover", "suite-gates", "suite-stability", "suite-radar", "suite-inspector", "compare-overview", "compare-matrix", "compare-diagnostics", "compare-crossover", "compare-crossover-none", "compare-gates", "compare-radar", "system"];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task View_IsDrawnWithoutComplaint_AndAccessible(string name)
    {
        var (path, ready) = sweep.Of(name);
        var (page, complaints) = await sweep.Chromium.OpenAsync(sweep.Web.Address + path);
        await page.WaitForSelectorAsync(ready, new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await Screens.AssertEveryLookAsync(page, name);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("suite")]
    [InlineData("compare-matrix")]
    public async Task FurtherSeeds_AreToldBeforeTheyAreQueued_AtEveryWidth(string name)
    {
        var (path, ready) = sweep.Of(name);
        var (page, complaints) = await sweep.Chromium.OpenAsync(sweep.Web.Address + path);
        await page.WaitForSelectorAsync(ready, new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await page.ClickAsync(".seeds > button");
        await page.WaitForSelectorAsync(".seeds .menu .pri");
        await Screens.AssertEveryLookAsync(page, $"{name}-seeds");
        Assert.Equal("inside", await page.EvaluateAsync<string>("(box => box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight ? 'inside' : JSON.stringify(box))(document.querySelector('.seeds .menu').getBoundingClientRect())"));
        await page.PressAsync("#more-seeds", "Escape");
        await page.WaitForSelectorAsync(".seeds .menu", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    /// <summary>A store with a sweep, the application over it, and a browser.</summary>
    public sealed class Sweep : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();
        private RunLock? _worker;
        private string _suite = "";
        private IReadOnlyList<RunRecord> _runs = [];
        private IReadOnlyList<RunRecord> _gated = [];

        internal WebProcess Web { get; private set; } = null!;

        internal Chromium Chromium { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var clock = new TestClock();
            clock.Advance(TimeProvider.System.GetUtcNow() - clock.GetUtcNow() - TimeSpan.FromMinutes(10));
            using (var store = SqliteRunStore.Open(_folder.Data, clock))
            {
                var (suite, running) = SampleSuites.Fill(store, clock, _folder.Write("suites/noise-crossover.toml", SampleSuites.Text));
                _suite = suite.Id;
                _worker = RunLock.TryTake(_folder.Data, running);
                store.TryLease(running, "cpu", 1, _ => true);
                _runs = store.RunsOf(suite.Id);
                _gated = [.. new[] { ("gate-s0", 0L, 120), ("gate-s1", 1L, 120), ("gate-long-s0", 0L, 200), ("gate-long-s1", 1L, 200) }.Select(item => Gated(store, item.Item1, item.Item2, item.Item3))];
            }

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

        private static RunRecord Gated(SqliteRunStore store, string name, long seed, int steps)
        {
            var run = store.Create(SampleRuns.Spec(name, "sparse_signal", seed, steps));
            store.TryTransition(run.Id, RunStatus.Queued, RunStatus.Running, "");
            SampleDiagnostics.Add(store, run.Id, run.Spec, steps);
            store.TryTransition(run.Id, RunStatus.Running, RunStatus.Completed, "");
            return run;
        }

        private static string Compared(IEnumerable<RunRecord> runs, string view) => $"compare?runs={string.Join(',', runs.Select(run => run.Id))}&view={view}";

        internal (string Path, string Ready) Of(string name) => name switch
        {
            "system" => ("system", "table[aria-label=Workers] td"),
            "suites" => ("suites", "table.suites .tallybar"),
            "suite-editor" => ("suites/new?file=corrected.sparse_signal", ".planned tbody td.n"),
            "suite-editor-problems" => ("suites/new?spec=form&dataset.id=sparse_signal&shape.heads=7&field=shape.layers&values=0,2&seeds=0-1", ".probs .at"),
            "suite-efficiency" => ($"suites/{_suite}?view=efficiency", ".plt .mk"),
            "suite-convergence" => ($"suites/{_suite}?view=convergence", ".chart[data-points]:not([data-points='0'])"),
            "suite-table" => ($"suites/{_suite}?view=table", ".cmp td.worse"),
            "suite-crossover" => ($"suites/{_suite}?view=crossover", ".plt .zone"),
            "suite-gates" => ($"suites/{_suite}?view=gates", ".chart[data-points]:not([data-points='0'])"),
            "suite-stability" => ($"suites/{_suite}?view=stability", ".hb"),
            "suite-radar" => ($"suites/{_suite}?view=radar", ".radar .cv"),
            "compare-matrix" => (Compared(_runs.Where(run => run.Spec.Architecture.Id != "rwkv6"), "matrix"), ".mx tbody td.worse"),
            "compare-overview" => (Compared(_runs.Where(run => run.Spec.Architecture.Id == "mig" && run.Spec.Name.Contains("-0.5-", StringComparison.Ordinal)), "overview"), ".chart[data-points]:not([data-points='0'])"),
            "compare-diagnostics" => (Compared(_gated, "diagnostics"), ".ll.big .ln"),
            "compare-crossover" => (Compared(_runs, "crossover"), ".plt .zone"),
            "compare-crossover-none" => (Compared(_gated, "crossover"), ".empty"),
            "compare-gates" => (Compared(_gated, "gates"), ".chart[data-points]:not([data-points='0'])"),
            "compare-radar" => (Compared(_runs, "radar"), ".radar .cv"),
            "suite-inspector" => ($"suites/{_suite}?view=inspector", ".chart[data-points]:not([data-points='0'])"),
            _ => ($"suites/{_suite}", ".mx tbody td.worse"),
        };
    }
}
