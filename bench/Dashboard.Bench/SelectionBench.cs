using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Bench;

/// <summary>
/// Times what pages read of many runs: 50 runs for Compare, one by one and together; and a suite of 1,000 runs after one of them has gone on, whole and only
/// what changed, up to the matrix.
/// </summary>
internal static class SelectionBench
{
    private const int Compared = 50;
    private const int Members = 1000;
    private const int Sequences = 256;

    public static int Run(string[] args)
    {
        var root = Directory.CreateTempSubdirectory("crossbench-bench-");
        try
        {
            using var store = SqliteRunStore.Open(new DataFolder(root.FullName), TimeProvider.System);
            var ids = Enumerable.Range(0, Compared).Select(i => Completed(store, i)).ToArray();
            var results = new List<(string Name, double Median, double Worst, double? Limit)>
            {
                Row("50 runs for Compare, one by one", () => _ = ids.Select(id => OneByOne(store, id)).ToArray(), null),
                Row("50 runs for Compare, together", () => _ = RunResult.ReadSummaries(store, store.FindAll(ids)), null),
                Row("50 runs looked at again", () => _ = store.FindAll(ids), null),
            };
            var suite = store.QueueSuite(new SuiteText("sweep", Path.Combine(root.FullName, "sweep.toml"), "", false), [.. Enumerable.Range(0, Members).Select(i => (Spec(i, 100 * (1 + (i / 5 % 10)), i % 5), i))], []).Suite.Id;
            var runs = store.RunsOf(suite);
            var layout = SuiteLayout.Of(runs);
            store.TryTransition(runs[0].Id, RunStatus.Queued, RunStatus.Running, "");
            var step = 0;
            void GoOn() => store.Append(runs[0].Id, [new Measured(++step, step, [new MetricPoint(TrainingMetrics.TrainLoss.Name, step, 4)])]);
            results.Add(Row("suite of 1,000 runs, all", () => _ = store.RunsOf(suite), null, GoOn));
            results.Add(Row("suite of 1,000 runs, what changed", () => runs = store.RunsOf(suite, runs), 20, GoOn));
            results.Add(Row("suite of 1,000 runs, its matrix", () => _ = SuiteMatrix.Of(layout, runs, 0), 20));
            if (args.Contains("--json"))
            {
                Console.WriteLine(JsonSerializer.Serialize(new { results = results.Select(item => new { name = item.Name, milliseconds = Math.Round(item.Median, 2), worst = Math.Round(item.Worst, 2), limit = item.Limit }) }));
            }

            return 0;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static (string Name, double Median, double Worst, double? Limit) Row(string name, Action work, double? limit, Action? before = null)
    {
        var times = new List<double>();
        for (var i = 0; i < 21; i++)
        {
            before?.Invoke();
            var begun = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        // The first ones compile.
        double[] sorted = [.. times.Skip(2).Order()];
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: median {sorted[sorted.Length / 2]:0.0} ms, worst {sorted[^1]:0.0} ms{(limit is null ? "" : $", limit {limit:0} ms")}"));
        return (name, sorted[sorted.Length / 2], sorted[^1], limit);
    }

    /// <summary>What Compare read of a run before it read all together.</summary>
    private static RunResult OneByOne(SqliteRunStore store, RunId id)
    {
        var result = RunResult.Read(store, id, ResultDetail.Summary)!;
        return result with { Final = [.. result.Final.Select(item => item with { Sequences = store.ReadSequences(id, item.Summary.Set, item.Summary.Step) })] };
    }

    /// <summary>A run of five evaluations, each of a few hundred sequences.</summary>
    private static RunId Completed(SqliteRunStore store, int number)
    {
        var id = store.Create(Spec(number, 1000, number % 5)).Id;
        store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "");
        store.Append(id, [new Started(0, 1000, 1_000_000, 64, 4, 1, false, "cpu") { Machine = RunEnvironment.Here(new TrainingOptions()) }]);
        foreach (var step in Enumerable.Range(1, 5).Select(i => 200L * i))
        {
            store.Append(id, [new Evaluated(step, Evaluated.OwnSet, 3.5, 3.4, 3.6, [.. Enumerable.Range(0, Sequences).Select(i => new SequenceLoss(i, TokenClass.Plain, 3 + (0.001 * i), 128))])]);
        }

        store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }

    private static RunSpec Spec(int number, int steps, int seed) => RunSpecReader.Read(
    [
        new("name", $"run-{number}"), new("dataset.id", "sparse_signal"), new("training.steps", steps.ToString(CultureInfo.InvariantCulture)), new("seed", seed.ToString(CultureInfo.InvariantCulture)),
        new("training.learningRate", (1e-3 + (number / 50 * 1e-5)).ToString("R", CultureInfo.InvariantCulture)),
    ]).OrThrow();
}
