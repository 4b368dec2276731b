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
/// Times metric points from a training loop's first event until all are committed, through recorder and store and beside a live reader, against two plain
/// ways to the same file format, in interleaved rounds.
/// </summary>
internal static class StoreBench
{
    private const int MetricsPerStep = 10;
    private static readonly string[] Names = [.. Enumerable.Range(0, MetricsPerStep).Select(metric => $"metric{metric}")];
    private static TimeSpan _longestRead;
    private static TimeSpan _longestEvent;

    public static int Run(string[] args)
    {
        var quick = args.Contains("--quick");
        var ways = new[] { new Way("store", Store, quick ? 300_000 : 1_000_000), new Way("EF SaveChanges", PlainTable.InsertByEntityFramework, 50_000), new Way("row by row", PlainTable.InsertRowByRow, 20_000) };
        for (var round = 0; round < (quick ? 3 : 7); round++)
        {
            foreach (var way in ways)
            {
                way.Measure(warm: round > 0);
            }
        }

        var ours = ways[0].Median;
        foreach (var way in ways)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{way.Name}: {way.Median:N0} points/s, ratio {ours / way.Median:0.0}"));
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"longest wait of the live reader: {_longestRead.TotalMilliseconds:0.0} ms; longest wait of the training loop: {_longestEvent.TotalMilliseconds:0.00} ms"));
        if (args.Contains("--json"))
        {
            var results = ways.Select(way => new { name = way.Name, pointsPerSecond = Math.Round(way.Median), ratio = Math.Round(ours / way.Median, 2) });
            Console.WriteLine(JsonSerializer.Serialize(new { results }));
        }

        return 0;
    }

    /// <summary>Our way: a training loop that hands events to a recorder, while a page reads the curve on after its cursor.</summary>
    private static void Store(DataFolder folder, int points)
    {
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        var id = store.Create(RunSpecReader.Read([]).Spec).Id;
        using var over = new CancellationTokenSource();
        var reading = Task.Run(() => Read(folder, id, over.Token));
        using (var recorder = new RunRecorder(store, id, TimeProvider.System))
        {
            for (var step = 1; step <= points / MetricsPerStep; step++)
            {
                var values = new MetricPoint[MetricsPerStep];
                for (var metric = 0; metric < MetricsPerStep; metric++)
                {
                    values[metric] = new MetricPoint(Names[metric], step, 1.0 / (step + metric));
                }

                var begun = Stopwatch.GetTimestamp();
                recorder.OnEvent(new Measured(step, step, values));
                _longestEvent = TimeSpan.FromTicks(Math.Max(_longestEvent.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
            }

            recorder.Complete();
        }

        over.Cancel();
        reading.GetAwaiter().GetResult();
        using var fresh = SqliteRunStore.Open(folder, TimeProvider.System);
        var stored = Names.Sum(name => fresh.ReadSeries(id, name, -1).Count);
        if (stored != points)
        {
            throw new InvalidOperationException($"{stored} of {points} points are in the store.");
        }
    }

    private static void Read(DataFolder folder, RunId id, CancellationToken over)
    {
        using var store = SqliteRunStore.Open(folder, TimeProvider.System);
        var cursor = -1L;
        while (!over.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50)))
        {
            var begun = Stopwatch.GetTimestamp();
            cursor = store.ReadSeries(id, Names[0], cursor).LastStepOr(cursor);
            _longestRead = TimeSpan.FromTicks(Math.Max(_longestRead.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
        }
    }

    private sealed class Way(string name, Action<DataFolder, int> write, int points)
    {
        private readonly List<double> _rates = [];

        public string Name => name;

        public double Median => _rates.Order().ElementAt(_rates.Count / 2);

        /// <summary>Writes into a fresh folder. The first round only warms up.</summary>
        public void Measure(bool warm)
        {
            var root = Directory.CreateTempSubdirectory("crossbench-bench-");
            try
            {
                var begun = Stopwatch.GetTimestamp();
                write(new DataFolder(root.FullName), points);
                if (warm)
                {
                    _rates.Add(points / Stopwatch.GetElapsedTime(begun).TotalSeconds);
                }
            }
            finally
            {
                root.Delete(recursive: true);
            }
        }
    }
}
