using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>Charts in a real browser: zooming, finer points, other charts of the page, downloads, events, live points.</summary>
[Trait("Category", "Browser")]
public sealed class ChartTests(ChartTests.Bench bench) : IClassFixture<ChartTests.Bench>
{
    private const string Drawn = ".chart[data-points]:not([data-points='0'])";
    private const string Loss = "[data-chart$='-loss'] .chart";

    [Fact]
    public async Task Zoom_ByDragging_BringsFinerPoints_OnEveryChartOfThePage_AndDoubleClickAllOfIt()
    {
        var (page, complaints) = await bench.OpenAsync("?chart=gradientNorm&smooth=0");
        Assert.InRange(await XOf(page, Loss, "Math.max(...y)"), 49.9, 50.1);
        var all = await XOf(page, Loss, "x.length");

        // A chart that names its clips by the address of the page makes the browser ask for the page once more with each new address.
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await DragAsync(page, 0.60f, 0.70f);
        await page.WaitForURLAsync("**from=*", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.chart')].every(c => c._fullLayout.xaxis.range[0] > 55000 && c._fullLayout.xaxis.range[1] < 75000)");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.chart')].every(c => c.data[0].x[0] > 50000)");
        Assert.InRange(await XOf(page, Loss, "x.length"), all * 0.9, 2002);
        Assert.InRange(await XOf(page, Loss, "Math.max(...y)"), 49.9, 50.1);
        Assert.InRange(await XOf(page, "[data-chart$='-gradientNorm'] .chart", "x[0]"), 50_000, 75_000);
        await Screens.SaveAsync(page, "chart-zoomed");
        Assert.DoesNotContain(asked, address => address.Contains("/runs/", StringComparison.Ordinal));

        await page.ReloadAsync();
        await page.WaitForSelectorAsync(Drawn);
        Assert.InRange(await XOf(page, Loss, "x[0]"), 50_000, 75_000);
        await page.Locator($"{Loss} .nsewdrag").First.DblClickAsync();
        await page.WaitForFunctionAsync($"() => document.querySelector(\"{Loss}\").data[0].x[0] < 200");
        Assert.DoesNotContain("from=", page.Url, StringComparison.Ordinal);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Zoom_WithCtrlAndTheWheel_AndByKeyboard()
    {
        var (page, complaints) = await bench.OpenAsync("?smooth=0");
        await page.Locator($"{Loss} .nsewdrag").First.HoverAsync();
        await page.Keyboard.DownAsync("Control");
        await page.Mouse.WheelAsync(0, -300);
        await page.Keyboard.UpAsync("Control");
        await page.WaitForURLAsync("**from=*", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
        await page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).FocusAsync();
        var before = page.Url;
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("url => location.href !== url", before);
        await page.GetByRole(AriaRole.Button, new() { Name = "All", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => !location.href.includes('from=')");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Downloads_ArePictures_AndEveryPoint()
    {
        var (page, complaints) = await bench.OpenAsync("");
        foreach (var (name, beginning) in new (string, byte[])[] { ("PNG", [0x89, (byte)'P', (byte)'N', (byte)'G']), ("SVG", "<svg"u8.ToArray()) })
        {
            var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync());
            Assert.Equal(beginning, (await File.ReadAllBytesAsync((await file.PathAsync())!, TestContext.Current.CancellationToken))[..4]);
            Assert.EndsWith($"-loss-step.{name.ToLowerInvariant()}", file.SuggestedFilename, StringComparison.Ordinal);
        }

        var table = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).First.ClickAsync());
        Assert.Equal(Bench.Steps + 1, (await File.ReadAllLinesAsync((await table.PathAsync())!, TestContext.Current.CancellationToken)).Length);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Events_SayWhatTheyAre_UnderThePointer()
    {
        var (page, complaints) = await bench.OpenAsync("");
        var box = (await page.Locator($"{Loss} .nsewdrag").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.5f), box.Y + box.Height - 2);
        await page.Locator(".hoverlayer").GetByText("Checkpoint at step 50,000").First.WaitForAsync();
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task NewPoints_ComeIn_WhileThePageStaysZoomed()
    {
        var (page, complaints) = await bench.OpenAsync("?from=900&to=1200&smooth=0", bench.Live);
        Assert.Equal(1000, await XOf(page, Loss, "x.at(-1)"));
        bench.Store.Append(bench.Live, [.. Enumerable.Range(1001, 20).Select(step => TestStore.Point(step, 3.5))]);
        await page.WaitForFunctionAsync($"() => document.querySelector(\"{Loss}\").data[0].x.at(-1) === 1020");
        Assert.Equal("900 1200", await page.EvaluateAsync<string>($"() => document.querySelector(\"{Loss}\")._fullLayout.xaxis.range.join(' ')"));
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task PageThatWasShownAgainWhileItsConnectionWasDown_GoesOn()
    {
        var (page, complaints) = await bench.OpenAsync("?smooth=0", bench.Hidden);
        await page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }");
        bench.Store.Append(bench.Hidden, [TestStore.Point(11, 3.5)]);

        // What the page says of its return is lost with the connection.
        await page.EvaluateAsync("() => { delete document.hidden; document.getElementById('components-reconnect-modal').classList.add('components-reconnect-show'); }");
        await page.Locator("[data-since]").WaitForAsync();
        await page.EvaluateAsync("() => document.getElementById('components-reconnect-modal').classList.remove('components-reconnect-show')");
        await page.WaitForFunctionAsync($"() => document.querySelector(\"{Loss}\").data[0].x.at(-1) === 11");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task ChartThatIsBegunAgain_TakesThePlaceOfTheFormer()
    {
        var (page, complaints) = await bench.OpenAsync("");
        var kept = await page.EvaluateAsync<int>("""
            async () => {
              const element = document.querySelector('.chart');
              const { init } = await import([...performance.getEntriesByType('resource')].map(item => item.name).find(name => name.includes('/js/chart.')));
              const drawings = [];
              const server = { invokeMethodAsync: () => drawings.push(0) };
              const trace = [{ type: 'scatter', mode: 'lines' }];
              const layout = { xaxis: { range: [0, 1] }, yaxis: {}, margin: { l: 10, r: 10, t: 10, b: 10 } };
              await init(element, server, '', trace, [], layout);
              await init(element, server, '', trace, [], layout);
              element.dispatchEvent(new WheelEvent('wheel', { ctrlKey: true, deltaY: 100, cancelable: true }));
              await new Promise(done => setTimeout(done, 600));
              return drawings.length;
            }
            """);
        Assert.Equal(1, kept);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Comparison_OpensByKey_FromTheRun()
    {
        var (page, complaints) = await bench.OpenAsync("");
        await page.Keyboard.PressAsync("c");
        await page.WaitForURLAsync("**/compare?runs=*", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
        await page.GetByRole(AriaRole.Button, new() { Name = "Train loss" }).ClickAsync();
        await page.WaitForSelectorAsync(Drawn);
        Assert.InRange(await XOf(page, "[data-chart='train-loss'] .chart", "Math.max(...y)"), 49.9, 50.1);
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Comparison_IsAccessible_WithSeedsAndTables()
    {
        var (page, complaints) = await bench.CompareAsync("&members=true");
        var row = page.Locator(".delta tbody tr").Nth(1);
        Assert.Contains("−0.100 [−0.100, −0.100]", await row.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("3 seeds", await row.InnerTextAsync(), StringComparison.Ordinal);
        await Screens.AssertEveryLookAsync(page, "compared");
        await row.ScrollIntoViewIfNeededAsync();
        await Screens.SaveAsync(page, "compared-below-390-light");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Charts_AreAccessible_WithEveryPartOpen()
    {
        var (page, complaints) = await bench.OpenAsync("?chart=gradientNorm&from=20000&to=60000&log=true&logx=true&x=flops");
        await Screens.AssertEveryLookAsync(page, "charts");
        Assert.Empty(complaints);
        await page.Context.CloseAsync();
    }

    private static async Task DragAsync(IPage page, float from, float to)
    {
        var box = (await page.Locator($"{Loss} .nsewdrag").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * from), box.Y + 50);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * (from + to) / 2), box.Y + 60, new() { Steps = 4 });
        await page.Mouse.MoveAsync(box.X + (box.Width * to), box.Y + 60, new() { Steps = 4 });
        await page.Mouse.UpAsync();
    }

    private static Task<double> XOf(IPage page, string chart, string expression) =>
        page.EvaluateAsync<double>($"selector => {{ const {{ x, y }} = document.querySelector(selector).data[0]; return {expression}; }}", chart);

    /// <summary>A long run with one spike, a live one, the application over them, and a browser.</summary>
    public sealed class Bench : IAsyncLifetime
    {
        internal const int Steps = 100_000;
        private readonly TempFolder _folder = new();
        private Chromium _chromium = null!;
        private WebProcess _web = null!;
        private RunLock? _worker;
        private RunLock? _hidden;
        private RunId[] _seeds = [];

        internal SqliteRunStore Store { get; private set; } = null!;

        internal RunId Long { get; private set; }

        internal RunId Live { get; private set; }

        internal RunId Hidden { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Store = SqliteRunStore.Open(_folder.Data, TimeProvider.System);
            Long = Begin("long", Steps);
            foreach (var steps in Enumerable.Range(1, Steps).Chunk(20_000))
            {
                Store.Append(Long, [.. steps.Select(step => new Measured(step, step * 512L,
                [
                    new MetricPoint(TrainingMetrics.TrainLoss.Name, step, step == 65_432 ? 50 : 2 + (6 * Math.Exp(-step / 20_000.0)) + (0.1 * Math.Sin(step))),
                    new MetricPoint(TrainingMetrics.GradientNorm.Name, step, 1 + Math.Cos(step)),
                    new MetricPoint(TrainingMetrics.Elapsed.Name, step, step * 0.01),
                ])), new CheckpointSaved(steps[^1] - 10_000, "checkpoints/a", 67_912_004)]);
            }

            Store.TryTransition(Long, RunStatus.Running, RunStatus.Completed, "");
            _seeds = [.. Seeds()];
            Live = Begin("live", 2000);
            Store.Append(Live, [.. Enumerable.Range(1, 1000).Select(step => TestStore.Point(step, 4 - (step * 0.0005)))]);

            Hidden = Begin("hidden", 2000);
            Store.Append(Hidden, [.. Enumerable.Range(1, 10).Select(step => TestStore.Point(step, 4))]);
            _hidden = RunLock.TryTake(_folder.Data, Hidden);
            Store.Heartbeat(Hidden, Environment.ProcessId);

            // This process is the worker of the live runs.
            _worker = RunLock.TryTake(_folder.Data, Live);
            Store.TryLease(Live, "cpu", 1, _ => true);
            Store.Heartbeat(Live, Environment.ProcessId);
            _web = await WebProcess.StartAsync(_folder.Path);
            _chromium = await Chromium.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _chromium.DisposeAsync();
            await _web.DisposeAsync();
            _worker?.Dispose();
            _hidden?.Dispose();
            Store.Dispose();
            _folder.Dispose();
        }

        internal async Task<(IPage Page, List<string> Complaints)> OpenAsync(string query, RunId? run = null)
        {
            var (page, complaints) = await _chromium.OpenAsync($"{_web.Address}runs/{run ?? Long}{query}");
            await page.WaitForSelectorAsync(Drawn);
            await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.chart')].every(chart => chart.dataset.points > 0)");
            return (page, complaints);
        }

        internal async Task<(IPage Page, List<string> Complaints)> CompareAsync(string query)
        {
            var (page, complaints) = await _chromium.OpenAsync($"{_web.Address}compare?runs={string.Join(',', _seeds)},zzzzzzzzzzzz{query}");
            await page.WaitForSelectorAsync(Drawn);
            return (page, complaints);
        }

        /// <summary>Three seeds each of a plain model and one with gates, evaluated now and then.</summary>
        private IEnumerable<RunId> Seeds()
        {
            foreach (var (name, level) in new[] { ("plain", 6.4), ("gate", 6.3) })
            {
                for (var seed = 0; seed < 3; seed++)
                {
                    var id = Begin($"{name}-s{seed}", 400, seed);
                    for (var step = 50; step <= 400; step += 50)
                    {
                        var loss = level + (2 * Math.Exp(-step / 100.0)) + (0.02 * Math.Sin((seed * 7) + step));
                        var rows = Enumerable.Range(0, 8).Select(i => new SequenceLoss(i, TokenClass.Plain, loss + (0.3 * Math.Sin(i)) + (0.01 * Math.Cos(i + seed)), 64));
                        Store.Append(id, [TestStore.Point(step, loss), new Evaluated(step, Evaluated.OwnSet, loss, loss - 0.02, loss + 0.02, [.. rows])]);
                    }

                    Store.Append(id, [TestStore.Point(400, 2000 + (name.Length * 50) + seed, TrainingMetrics.TokensPerSecond.Name)]);
                    Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
                    yield return id;
                }
            }
        }

        private RunId Begin(string name, int steps, int seed = 0)
        {
            var id = Store.Create(SampleRuns.Spec(name, "sparse_signal", seed, steps)).Id;
            Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
            Store.Append(id, [new Started(0, steps, 5_648_128, 4096, 8.3178, 2, false, "cpu, 1 thread")]);
            return id;
        }
    }
}
