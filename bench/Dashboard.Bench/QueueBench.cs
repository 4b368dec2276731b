using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crossbench.Bench;

/// <summary>
/// Times the queue with real workers: from the moment that the end of a run is in the store to the moment that the process of the next one has been started.
/// </summary>
internal static class QueueBench
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var program, ..] || !File.Exists(program))
        {
            Console.Error.WriteLine("Name the built program: queue PATH. bench/queue does.");
            return 2;
        }

        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            var gaps = await MeasureAsync(new DataFolder(root.FullName), program, args.Contains("--quick") ? 6 : 21);
            var (median, worst) = (gaps.Order().ElementAt(gaps.Count / 2), gaps.Max());
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"end of a run to start of the next worker: median {median:0} ms, worst {worst:0} ms of {gaps.Count}"));
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = new[] { new { name = "end to next start", medianMilliseconds = median, worstMilliseconds = worst } } }));
            }

            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<List<double>> MeasureAsync(DataFolder folder, string program, int runs)
    {
        var started = new ConcurrentQueue<(RunId Id, DateTimeOffset At)>();
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        using var feed = new RunChangeFeed(store, TimeProvider.System, NullLogger<RunChangeFeed>.Instance);
        using var queue = new RunQueue(store, folder, new DeviceSlots(), feed, TimeProvider.System, NullLogger<RunQueue>.Instance, (data, id) =>
        {
            var worker = WorkerProcess.Start(data, id, new WorkerCommand(program, []));
            started.Enqueue((id, TimeProvider.System.GetUtcNow()));
            return worker;
        });
        var ids = Enumerable.Range(0, runs).Select(seed => store.Create(Spec(seed)).Id).ToArray();
        await feed.StartAsync(CancellationToken.None);
        await queue.StartAsync(CancellationToken.None);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!ids.All(id => store.Find(id)!.Status.IsEnded()) && await timer.WaitForNextTickAsync())
        {
        }

        await queue.StopAsync(CancellationToken.None);
        await feed.StopAsync(CancellationToken.None);
        var starts = started.ToArray();
        return [.. Enumerable.Range(1, starts.Length - 1).Select(i => (starts[i].At - store.Find(starts[i - 1].Id)!.EndedAt!.Value).TotalMilliseconds)];
    }

    /// <summary>A run of a few hundred steps, so that the store is busy with its points as it is in earnest.</summary>
    private static RunSpec Spec(int seed) => RunSpecReader.Read(
    [
        new("seed", seed.ToString(CultureInfo.InvariantCulture)), new("dataset.id", "sparse_signal"), new("shape.layers", "1"), new("shape.width", "16"), new("shape.ffn", "24"), new("shape.contextLength", "16"),
        new("shape.vocabulary", "64"), new("training.threads", "1"), new("training.batchSize", "2"), new("training.steps", "300"), new("training.evaluationSequences", "4"),
    ]).OrThrow();
}
