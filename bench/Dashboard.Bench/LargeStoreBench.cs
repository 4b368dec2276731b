using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Microsoft.Data.Sqlite;

namespace Crossbench.Bench;

/// <summary>
/// Times a store of 10,000 runs and 100 million points: how long it takes to open, to list, and to read windows of series. One run is recorded through the
/// store, so that chunks and tails are what it writes; the others are copies of its rows. A last run has a single long series.
/// </summary>
internal static class LargeStoreBench
{
    private const int Runs = 10_000;
    private const int Metrics = 2;
    private const int Steps = 5_000;
    private const int ChunkedSteps = 10_000;
    private const int LongSteps = 1_000_000;
    private const int RunsPerTransaction = 250;

    public static int Run(string[] args)
    {
        var runs = args.Contains("--quick") ? Runs / 20 : Runs;
        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            var folder = new DataFolder(root.FullName);
            var (small, chunked, longest) = Fill(folder, runs);
            var results = Measure(folder, runs, small, chunked, longest).ToList();
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = results.Select(result => new { name = result.Name, medianMilliseconds = Math.Round(result.Median, 2), worstMilliseconds = Math.Round(result.Worst, 2) }) }));
            }

            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Name, double Median, double Worst)> Measure(DataFolder folder, int runs, RunId[] small, RunId chunked, RunId longest)
    {
        var random = new Random(1);
        yield return Time("open", 7, () => SqliteRunStore.Open(folder, TimeProvider.System).Dispose());
        yield return Time("open, list of 100 runs, tally", 7, () =>
        {
            using var fresh = SqliteRunStore.Open(folder, TimeProvider.System);
            fresh.Query(new RunQuery());
            fresh.Tally();
        });
        yield return Time("open, list of 1,000 runs", 7, () =>
        {
            using var fresh = SqliteRunStore.Open(folder, TimeProvider.System);
            fresh.Query(new RunQuery { Limit = 1000 });
        });
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        yield return Time($"a series of {Steps:N0} points", 200, () => store.ReadSeries(small[random.Next(small.Length)], Name(random.Next(Metrics)), -1));
        yield return Time($"a series of {ChunkedSteps:N0} points, from anywhere on", 200, () => store.ReadSeries(chunked, Name(0), random.Next(ChunkedSteps)));
        yield return Time($"a series of {LongSteps:N0} points, the last 10,000", 50, () => store.ReadSeries(longest, Name(0), LongSteps - random.Next(1, 10_000)));
        yield return Time($"a series of {LongSteps:N0} points, from anywhere on", 50, () => store.ReadSeries(longest, Name(0), random.Next(LongSteps)));
        yield return Time($"a series of {LongSteps:N0} points, all of it", 15, () => store.ReadSeries(longest, Name(0), -1));
        yield return Time("the size of the store (store size)", 3, () => store.Report());
        var report = store.Report();
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Runs:N0} runs, {report.Points:N0} points, {report.Bytes / 1048576.0:N0} MiB"));
    }

    private static (string Name, double Median, double Worst) Time(string name, int repetitions, Action work)
    {
        var times = new List<double>();
        for (var i = 0; i < repetitions; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        var result = (name, times.Order().ElementAt(repetitions / 2), times.Max());
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: median {result.Item2:0.0} ms, worst {result.Item3:0.0} ms"));
        return result;
    }

    private static (RunId[] Small, RunId Chunked, RunId Longest) Fill(DataFolder folder, int runs)
    {
        var begun = Stopwatch.GetTimestamp();
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        var template = Record(store, Steps, Metrics);
        var chunked = Record(store, ChunkedSteps, 1);
        var longest = Record(store, LongSteps, 1);
        using var connection = new SqliteConnection($"Data Source={folder.StoreFile};Pooling=false");
        connection.Open();
        StoreSchema.Execute(connection, "PRAGMA synchronous = OFF");
        for (var first = 4L; first <= runs; first += RunsPerTransaction)
        {
            StoreSchema.Execute(connection, Copies(first, Math.Min(runs, first + RunsPerTransaction - 1)));
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"filled in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s"));
        return ([template, .. Enumerable.Range(4, runs - 3).Select(number => new RunId(number.ToString("D12", CultureInfo.InvariantCulture)))], chunked, longest);
    }

    /// <summary>Copies the rows of run 1 under the numbers from first to last.</summary>
    private static string Copies(long first, long last) =>
        $"""
        BEGIN;
        CREATE TEMP TABLE IF NOT EXISTS n (i INTEGER PRIMARY KEY);
        DELETE FROM n;
        WITH RECURSIVE c(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM c WHERE i < {last}) INSERT INTO n SELECT i FROM c;
        INSERT INTO run (number, id, name, architecture, dataset, device, search, spec_hash, status, reason, command, created_at, step, train_loss, eval_loss)
          SELECT i, printf('%012d', i), 'run-' || i, architecture, dataset, device, search, spec_hash, 'Completed', '', 'None', created_at + i, step, train_loss, i % 3001 / 1000.0 FROM n, run WHERE number = 1;
        INSERT INTO configuration (run, json) SELECT i, json FROM n, configuration WHERE run = 1;
        INSERT INTO series (run, metric, tail_count, sealed) SELECT i, metric, tail_count, sealed FROM n CROSS JOIN series WHERE run = 1;
        INSERT INTO tail (run, metric, step, value) SELECT i, metric, step, value FROM n CROSS JOIN tail WHERE run = 1;
        INSERT INTO chunk (run, metric, first, last, n, data, min, max) SELECT i, metric, first, last, chunk.n, data, min, max FROM n CROSS JOIN chunk WHERE run = 1;
        COMMIT;
        """;

    private static RunId Record(SqliteRunStore store, int steps, int metrics)
    {
        var id = store.Create(RunSpecReader.Read([]).Spec).Id;
        store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        foreach (var part in Enumerable.Range(1, steps).Chunk(50_000))
        {
            store.Append(id, [.. part.Select(step => new Measured(step, step, [.. Enumerable.Range(0, metrics).Select(metric => new MetricPoint(Name(metric), step, 1.0 / (step + metric)))]))]);
        }

        store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }

    private static string Name(int metric) => $"metric{metric}";
}
