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
    public static TheoryData<string> Views() => ["suites", "suite", "suite-editor", "suite-editor-problems", "suite-efficiency", "suite-convergence", "suite-table", "suite-crossover", "suite-gates", "suite-stability", "suite-radar", "suite-inspector", "system"];

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

    /// <summary>A store with a sweep, the application over it, and a browser.</summary>
    public sealed class Sweep : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();
        private RunLock? _worker;
        private string _suite = "";

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
            "suite-inspector" => ($"suites/{_suite}?view=inspector", ".chart[data-points]:not([data-points='0'])"),
            _ => ($"suites/{_suite}", ".mx tbody td.worse"),
        };
    }
}
