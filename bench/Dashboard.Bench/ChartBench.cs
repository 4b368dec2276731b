using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Bench;

/// <summary>
/// Times charts in the real application and in Chromium: a chart of 50 runs x 100,000 points, on the server and until it is painted; and, of 8 live runs at 10
/// steps a second each, the time from the end of a training step to the picture in which it is seen.
/// </summary>
internal static class ChartBench
{
    private const int Runs = 50;
    private const int LiveRuns = 8;
    private const string Metric = "train.loss";

    // Until then the page loads the chart library and draws for the first time.
    private const int WarmSteps = 50;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var program, ..] || !File.Exists(program))
        {
            Console.Error.WriteLine("Name the built program: charts PATH. bench/charts does.");
            return 2;
        }

        var quick = args.Contains("--quick");
        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            var results = new List<(string Name, double Median, double Worst, double Limit)>();
            var folder = new DataFolder(root.FullName);
            using var store = SqliteRunStore.Open(folder, TimeProvider.System);
            var ids = Enumerable.Range(0, Runs).Select(i => Fill(store, i, quick ? 20_000 : 100_000)).ToArray();
            results.Add(Row("50 runs on the server", ReadOnServer(store, ids, smoothing: 0), 150));
            results.Add(Row("50 runs on the server, smoothed", ReadOnServer(store, ids, smoothing: 0.9), 150));
            await using var page = await ChartPage.OpenAsync(program, root.FullName);
            var painted = await page.PaintAsync($"/compare?runs={string.Join(',', ids)}&metric=train", quick ? 3 : 9);
            results.Add(Row("50 runs, arrived to painted", painted.Select(item => item.Paint), 300));
            results.Add(Row("50 runs, click to painted", painted.Select(item => item.Whole), double.NaN));
            results.Add(Row("step to pixel, 8 runs", await LiveAsync(store, folder, page, TimeSpan.FromSeconds(quick ? 10 : 60)), 400, 0.95));
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = results.Select(item => new { name = item.Name, milliseconds = Math.Round(item.Median, 1), worst = Math.Round(item.Worst, 1), limit = double.IsNaN(item.Limit) ? (double?)null : item.Limit }) }));
            }

            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static (string Name, double Value, double Worst, double Limit) Row(string name, IEnumerable<double> times, double limit, double quantile = 0.5)
    {
        var sorted = times.Order().ToArray();
        var value = sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {(quantile > 0.5 ? $"p{100 * quantile:0}" : "median")} {value:0} ms, worst {sorted[^1]:0} ms of {sorted.Length}{(double.IsNaN(limit) ? "" : $", limit {limit:0} ms")}"));
        return (name, value, sorted[^1], limit);
    }

    /// <summary>What the page reads: as many columns as it draws of so many runs.</summary>
    private static List<double> ReadOnServer(SqliteRunStore store, RunId[] ids, double smoothing)
    {
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            store.ReadColumns(Metric, [.. ids.Select(id => (id, new SeriesColumns(StepColumns.Linear(0, 100_000, smoothing > 0 ? 320 : 480), smoothing)))]);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return [.. times.Skip(1)];
    }

    /// <summary>8 runs on an open page, each of which ends a step every 100 ms, told to a recorder as a worker does.</summary>
    private static async Task<IReadOnlyList<double>> LiveAsync(SqliteRunStore store, DataFolder folder, ChartPage page, TimeSpan length)
    {
        // This process is their worker: it has their locks before they are there, so that the queue leaves them alone.
        var ids = Enumerable.Range(0, LiveRuns).Select(_ => RunId.New(TimeProvider.System)).ToArray();
        var locks = ids.Select(id => RunLock.TryTake(folder, id)).ToArray();
        foreach (var (i, id) in ids.Index())
        {
            Begin(store, id, $"live-{i}", 2000, i);
        }

        var told = new Dictionary<(string Name, long Step), double>();
        await page.WatchAsync($"/compare?runs={string.Join(',', ids)}&metric=train&smooth=0");
        var recorders = ids.Select(id => new RunRecorder(store, id, TimeProvider.System)).ToArray();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100.0 / LiveRuns));
        var (begun, turn) = (Stopwatch.GetTimestamp(), 0);
        while (Stopwatch.GetElapsedTime(begun) < length && await timer.WaitForNextTickAsync())
        {
            var (run, step) = (turn % LiveRuns, (turn / LiveRuns) + 1);
            if (step > WarmSteps)
            {
                told[($"live-{run}", step)] = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            }

            recorders[run].OnEvent(new Measured(step, step, [new MetricPoint(Metric, step, 4 - (step * 0.001) + (run * 0.1))]));
            turn++;
            if (turn % 400 < LiveRuns)
            {
                store.Heartbeat(ids[run], Environment.ProcessId);
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        foreach (var recorder in recorders)
        {
            recorder.Complete();
            recorder.Dispose();
        }

        foreach (var (id, held) in ids.Zip(locks))
        {
            store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
            held?.Dispose();
        }

        return await page.LatenciesAsync(told);
    }

    private static RunId Fill(SqliteRunStore store, int number, int steps)
    {
        var id = RunId.New(TimeProvider.System);
        Begin(store, id, $"run-{number}", 100_000, number);
        foreach (var part in Enumerable.Range(1, steps).Chunk(25_000))
        {
            store.Append(id, [.. part.Select(step => new Measured(step, step, [new MetricPoint(Metric, step, (number * 0.02) + 2 + (6 * Math.Exp(-step / 20_000.0)) + (0.2 * Math.Sin(step * (number + 1))))]))]);
        }

        store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }

    /// <summary>Each with a learning rate of its own, so that they are no seeds of one specification.</summary>
    private static void Begin(SqliteRunStore store, RunId id, string name, int steps, int number)
    {
        store.Create(RunSpecReader.Read(
        [
            new("name", name), new("dataset.id", "sparse_signal"), new("training.steps", steps.ToString(CultureInfo.InvariantCulture)),
            new("training.learningRate", (1e-3 + (number * 1e-5)).ToString("R", CultureInfo.InvariantCulture)),
        ]).OrThrow(), id);
        store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
    }
}
