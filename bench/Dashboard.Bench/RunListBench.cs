using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Microsoft.Data.Sqlite;

namespace Crossbench.Bench;

/// <summary>Times the pages of the runs table over 100,000 runs: every order, a filter by words, a page far down.</summary>
internal static class RunListBench
{
    private const int Runs = 100_000;
    private const int Repetitions = 9;

    public static int Run(string[] args)
    {
        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            var folder = new DataFolder(root.FullName);
            using var store = SqliteRunStore.Open(folder, TimeProvider.System);
            Fill(store, folder);
            var results = Queries().Select(query => Time(store, query.Name, query.Query)).ToList();
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = results.Select(result => new { name = result.Name, milliseconds = Math.Round(result.Milliseconds, 2) }) }));
            }

            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Name, RunQuery Query)> Queries() =>
    [
        .. Enum.GetValues<RunOrder>().Select(order => ($"by {order}", new RunQuery { Order = order })),
        ("by EvalLoss, worst first", new RunQuery { Order = RunOrder.EvalLoss, Descending = true }),
        .. ((string[])[
            "sweep run-77", "nothing like this", "loss<1", "status:failed loss>=0", "tag:sweep seed:0..1 -is:imported", "arch:gqa params>1M lr:3e-4", "age>1d or progress<50%", "name:run-77 (seed:1 or seed:3)", "is:archived", "is:deleted",
        ]).Select(text => ($"filter {text}", new RunQuery { Filter = FilterReading.Of(text).OrThrow("filter") })),
        ("filter loss<1 by LearningRate", new RunQuery { Filter = FilterReading.Of("loss<1").Filter, Order = RunOrder.LearningRate }),
        .. Enum.GetValues<RunGrouping>().Where(grouping => grouping != RunGrouping.None).Select(grouping => ($"grouped by {grouping}", new RunQuery { Grouping = grouping })),
        ("completed only", new RunQuery { Statuses = [RunStatus.Completed] }),
        ("last page", new RunQuery { Offset = Runs - 100 }),
    ];

    private static (string Name, double Milliseconds) Time(SqliteRunStore store, string name, RunQuery query)
    {
        var times = new List<double>();
        for (var i = 0; i < Repetitions; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            store.Query(query);
            _ = query.Grouping == RunGrouping.None ? null : store.Groups(query);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        var median = times.Order().ElementAt(Repetitions / 2);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {median:0.0} ms, at first {times[0]:0.0} ms"));
        return (name, median);
    }

    /// <summary>One run made by the store, and copies of its row under other names, statuses and losses.</summary>
    internal static void Fill(SqliteRunStore store, DataFolder folder)
    {
        store.Create(RunSpecReader.Read([]).Spec);
        using var connection = new SqliteConnection($"Data Source={folder.StoreFile};Pooling=false");
        connection.Open();
        using var copy = connection.CreateCommand();
        copy.CommandText =
            """
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $runs)
            INSERT INTO run (id, name, architecture, dataset, device, search, spec_hash, status, reason, command, created_at, step, train_loss, eval_loss, parameters, chance, floor, tags, seed, steps, learning_rate, width, layers, batch_size, context_length, family)
            SELECT printf('%012d', i), 'run-' || (i * 7919 % 1000), architecture, dataset, device, lower('run-' || (i * 7919 % 1000) || char(10) || search || char(10) || 'sweep'), spec_hash,
              CASE WHEN i % 50 THEN 'Completed' ELSE 'Failed' END, reason, command, created_at + i, 1000, i * 7919 % 3001 / 1000.0, CASE WHEN i % 3 THEN i * 104729 % 3001 / 1000.0 END,
              500000 + i * 31 % 900000, 8.3, 6.1, char(10) || 'sweep' || char(10) || 'night-' || (i % 7) || char(10), i % 5, 1000, CASE WHEN i % 4 THEN 1e-3 ELSE 3e-4 END, 128 * (1 + i % 4), 8, 4, 128, printf('%064d', i / 5)
            FROM n, run WHERE run.number = 1;
            INSERT INTO configuration (run, json) SELECT run.number, json FROM run, configuration WHERE configuration.run = 1 AND run.number > 1;
            COMMIT;
            """;
        copy.Parameters.AddWithValue("$runs", Runs);
        copy.ExecuteNonQuery();
    }
}
