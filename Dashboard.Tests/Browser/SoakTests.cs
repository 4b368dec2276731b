using System.Diagnostics;
using System.Globalization;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Microsoft.Playwright;
using Xunit;

namespace Crossbench.Tests.Browser;

/// <summary>A day in ten minutes: eight live runs at 144 times ten steps a second, one page that follows them all the time and one that goes from page to page.</summary>
[Trait("Category", "Browser")]
[Trait("Category", "Long")]
public sealed class SoakTests
{
    private const int LiveRuns = 8;
    private const int StepsOfADay = 10 * 24 * 3600;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Day_LeavesMemoryFlat_AndPagesQuick()
    {
        using var folder = new TempFolder();
        using var store = SqliteRunStore.Open(folder.Data, TimeProvider.System);
        var ids = Enumerable.Range(0, LiveRuns).Select(i => Begin(store, i)).ToArray();
        var locks = ids.Select(id => RunLock.TryTake(folder.Data, id)).ToArray();
        await using var web = await WebProcess.StartAsync(folder.Path);
        await using var chromium = await Chromium.StartAsync();
        await using var feed = new Feed(store, ids);
        var (watched, complaints) = await chromium.OpenAsync($"{web.Address}compare?runs={string.Join(',', ids)}&metric=train");
        await watched.WaitForSelectorAsync(".chart[data-points]:not([data-points='0'])");
        var (wanderer, others) = await chromium.OpenAsync(web.Address + "system");
        await wanderer.WaitForSelectorAsync("html[data-ready]");
        var heap = await watched.Context.NewCDPSessionAsync(watched);
        await heap.SendAsync("Performance.enable");

        var (begun, visits, server, page, nodes) = (Stopwatch.GetTimestamp(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        while (Stopwatch.GetElapsedTime(begun) < Length)
        {
            feed.Check();
            foreach (var (path, ready) in ((string, string)[])[("/runs", "tr.run"), ($"/runs/{ids[visits.Count % LiveRuns]}", ".chart[data-points]"), ("/suites", ".empty"), ($"/compare?runs={ids[0]},{ids[1]}&metric=train", ".chart[data-points]")])
            {
                visits.Add(await VisitAsync(wanderer, path, ready));
            }

            server.Add(web.OwnMemory);
            await heap.SendAsync("HeapProfiler.collectGarbage");
            var metrics = (await heap.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!, item => item.GetProperty("value").GetDouble());
            page.Add(metrics["JSHeapUsedSize"] / (1024 * 1024));
            nodes.Add(metrics["Nodes"]);
        }

        var last = await feed.EndAsync();
        var slowest = visits.Order().ElementAt((int)(visits.Count * 0.95));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Soak: {LiveRuns} runs to step {last:N0}; server {Told(server)} MB, page {Told(page)} MB and {Told(nodes)} nodes; {visits.Count} visits, median {visits.Order().ElementAt(visits.Count / 2):0} ms, p95 {slowest:0} ms."));
        foreach (var held in locks)
        {
            held?.Dispose();
        }

        Assert.InRange(last, 0.9 * StepsOfADay, double.PositiveInfinity);
        Assert.InRange(Growth(server), double.NegativeInfinity, 24);
        Assert.InRange(Growth(page), double.NegativeInfinity, 4);
        Assert.InRange(Growth(nodes), double.NegativeInfinity, 500);
        Assert.InRange(slowest, 0, 1000);
        Assert.Empty(complaints);
        Assert.Empty(others);
    }

    /// <summary>From the second quarter to the last one, by medians.</summary>
    private static double Growth(List<double> values) => Median(values, 3) - Median(values, 1);

    private static double Median(List<double> values, int quarter)
    {
        var part = values.Skip(values.Count * quarter / 4).Take(values.Count / 4).Order().ToArray();
        return part[part.Length / 2];
    }

    private static string Told(List<double> values) => string.Create(CultureInfo.InvariantCulture, $"{Median(values, 1):0.#} -> {Median(values, 3):0.#}");

    private static Task<double> VisitAsync(IPage page, string path, string ready) => page.EvaluateAsync<double>(
        """
        async ([path, ready]) => {
          const begun = performance.now();
          const before = document.querySelector('main').firstElementChild;
          Blazor.navigateTo(path);
          await new Promise((done, broken) => {
            const look = () => location.href.endsWith(path) && document.querySelector(ready) && !document.querySelector('main').contains(before) ? requestAnimationFrame(() => setTimeout(done))
              : performance.now() - begun > 20000 ? broken(new Error(`${path} did not come.`)) : requestAnimationFrame(look);
            look();
          });
          return performance.now() - begun;
        }
        """,
        new[] { path, ready });

    private static RunId Begin(SqliteRunStore store, int number)
    {
        var id = store.Create(SampleRuns.Spec($"live-{number}", "sparse_signal", number, StepsOfADay)).Id;
        store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        store.Append(id, [new Started(0, StepsOfADay, 5_648_128, 4096, 8.3178, 2, false, "cpu, 1 thread")]);
        return id;
    }

    /// <summary>Eight workers: each tells the store every 50 ms of the steps since, as its recorder would.</summary>
    private sealed class Feed : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task<long> _feeding;

        public Feed(SqliteRunStore store, RunId[] ids) => _feeding = Task.Run(() => FeedAsync(store, ids, _end.Token));

        public void Check() => Assert.False(_feeding.IsCompleted, _feeding.Exception?.ToString());

        /// <summary>The last step of each run.</summary>
        public async Task<long> EndAsync()
        {
            await _end.CancelAsync();
            return await _feeding;
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
        }

        private static async Task<long> FeedAsync(SqliteRunStore store, RunId[] ids, CancellationToken end)
        {
            using var timer = new PeriodicTimer(Flush);
            var (begun, done) = (Stopwatch.GetTimestamp(), 0L);
            while (!end.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
            {
                var now = Math.Min(StepsOfADay, (long)(StepsOfADay * (Stopwatch.GetElapsedTime(begun) / Length)));
                foreach (var (i, id) in ids.Index())
                {
                    store.Append(id, [.. Enumerable.Range((int)done + 1, (int)(now - done)).Select(step => new Measured(step, step * 512L, [new MetricPoint(TrainingMetrics.TrainLoss.Name, step, 3 + i + Math.Exp(-step / 1e5) + (0.1 * Math.Sin(step * (i + 1))))]))]);
                    store.Heartbeat(id, Environment.ProcessId);
                }

                done = now;
            }

            return done;
        }
    }
}
