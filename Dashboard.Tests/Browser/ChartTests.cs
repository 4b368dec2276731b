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
        await DragAsync(page, 0.60f, 0.70f);
        await page.WaitForURLAsync("**from=*");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.chart')].every(c => c._fullLayout.xaxis.range[0] > 55000 && c._fullLayout.xaxis.range[1] < 75000)");
        await page.WaitForFunctionAsync($"() => document.querySelector(\"{Loss}\").data[0].x[0] > 50000");
        Assert.InRange(await XOf(page, Loss, "x.length"), all * 0.9, 2002);
        Assert.InRange(await XOf(page, Loss, "Math.max(...y)"), 49.9, 50.1);
        Assert.InRange(await XOf(page, "[data-chart$='-gradientNorm'] .chart", "x[0]"), 50_000, 75_000);
        await Screens.SaveAsync(page, "chart-zoomed");

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
        await page.WaitForURLAsync("**from=*");
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

    [Theory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task Charts_AreAccessible_WithEveryPartOpen(int width, bool isDark)
    {
        var (page, complaints) = await bench.OpenAsync("?chart=gradientNorm&from=20000&to=60000&log=true&logx=true&x=flops", width: width, isDark: isDark);
        await Screens.SaveAsync(page, $"charts-{width}-{(isDark ? "dark" : "light")}");
        await Screens.AssertAccessibleAsync(page);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
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

        internal SqliteRunStore Store { get; private set; } = null!;

        internal RunId Long { get; private set; }

        internal RunId Live { get; private set; }

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
            Live = Begin("live", 2000);
            Store.Append(Live, [.. Enumerable.Range(1, 1000).Select(step => TestStore.Point(step, 4 - (step * 0.0005)))]);

            // This process is the worker of the live run.
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
            Store.Dispose();
            _folder.Dispose();
        }

        internal async Task<(IPage Page, List<string> Complaints)> OpenAsync(string query, RunId? run = null, int width = 1280, bool isDark = false)
        {
            var (page, complaints) = await _chromium.OpenAsync($"{_web.Address}runs/{run ?? Long}{query}", width, isDark);
            await page.WaitForSelectorAsync(Drawn);
            return (page, complaints);
        }

        private RunId Begin(string name, int steps)
        {
            var id = Store.Create(SampleRuns.Spec(name, "sparse_signal", 0, steps)).Id;
            Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
            Store.Append(id, [new Started(0, steps, 5_648_128, 4096, 8.3178, 2, false, "cpu, 1 thread")]);
            return id;
        }
    }
}
