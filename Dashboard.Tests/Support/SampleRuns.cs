using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>A store as it looks after a day of work: runs in every state, with curves that could be real. Same numbers each time.</summary>
internal static class SampleRuns
{
    private const double Chance = 3.1421;

    /// <summary>Fills a store whose clock is the given one; ages count from the end of the clock's course.</summary>
    public static IReadOnlyList<RunRecord> Fill(IRunStore store, TestClock clock)
    {
        (string Name, string Dataset, long Seed, RunStatus End, int Steps, int Done)[] plan =
        [
            ("letters-wide", "text", 0, RunStatus.Failed, 400, 0),
            ("letters-hot", "text", 1, RunStatus.Diverged, 600, 220),
            ("motif-s0", "sparse_signal", 0, RunStatus.Completed, 800, 800),
            ("motif-s1", "sparse_signal", 1, RunStatus.Completed, 800, 800),
            ("motif-faint", "sparse_signal", 0, RunStatus.Completed, 400, 400),
            ("letters-s0", "text", 0, RunStatus.Completed, 1000, 1000),
            ("letters-s1", "text", 1, RunStatus.Stopped, 1000, 150),
            ("letters-long", "text", 2, RunStatus.Interrupted, 4000, 1900),
            ("letters-lr3e-4", "text", 0, RunStatus.Paused, 1000, 420),
            ("gate-s0", "sparse_signal", 0, RunStatus.Completed, 800, 800),
            ("letters-s2", "text", 2, RunStatus.Running, 2000, 1284),
            ("motif-s2", "sparse_signal", 2, RunStatus.Queued, 800, 0),
            ("motif-s3", "sparse_signal", 3, RunStatus.Queued, 800, 0),
        ];
        return [.. plan.Select(item => Add(store, clock, item.Name, item.Dataset, item.Seed, item.End, item.Steps, item.Done))];
    }

    /// <summary>The settings of a run as a person would type them.</summary>
    public static RunSpec Spec(string name, string dataset, long seed, int steps) => RunSpecReader.ReadUnchecked(
    [
        new("name", name), new("seed", $"{seed}"), new("architecture.id", name.StartsWith("gate", StringComparison.Ordinal) ? "mig" : "gqa"), new("dataset.id", dataset), new("training.steps", $"{steps}"), new("shape.ffn", "512"),
        .. name.StartsWith("gate", StringComparison.Ordinal) ? [new("shape.layers", "14")] : Array.Empty<KeyValuePair<string, string>>(),
    ]).Spec;

    private static RunRecord Add(IRunStore store, TestClock clock, string name, string dataset, long seed, RunStatus end, int steps, int done)
    {
        var id = store.Create(Spec(name, dataset, seed, steps)).Id;
        clock.Advance(TimeSpan.FromMinutes(41));
        if (end != RunStatus.Queued)
        {
            store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "A worker has it.");
        }

        if (done > 0)
        {
            Train(store, clock, id, name, dataset, seed, steps, done);
            SampleDiagnostics.Add(store, id, store.Find(id)!.Spec, done);
        }

        if (end is not (RunStatus.Queued or RunStatus.Running))
        {
            store.TryTransition(id, RunStatus.Running, end, ReasonOf(end));
        }

        return store.Find(id)!;
    }

    private static string ReasonOf(RunStatus end) => end switch
    {
        RunStatus.Failed => "The text of the dataset is gone: letters.txt does not exist.",
        RunStatus.Diverged => "The loss is not a number; the first bad layer is layers.4.",
        RunStatus.Interrupted => "The worker ended without a word; it may have been killed.",
        RunStatus.Stopped => "Stopped on request.",
        RunStatus.Paused => "Paused on request.",
        _ => "",
    };

    private static void Train(IRunStore store, TestClock clock, RunId id, string name, string dataset, long seed, int steps, int done)
    {
        var isMotif = dataset == "sparse_signal";
        var chance = isMotif ? 8.3178 : Chance;
        double? floor = isMotif ? 6.1004 : null;
        store.Append(id, [new Started(0, steps, 5_648_128, isMotif ? 4096 : 256, chance, floor, false, "cpu, 1 thread")]);
        store.Append(id, [new Noted(0, "Causality probe passed: no position saw a later one.")]);
        var random = new Random((int)seed + name.Length);
        var faint = name.Contains("faint", StringComparison.Ordinal);
        for (var step = 1; step <= done; step++)
        {
            var level = isMotif
                ? (faint ? 8.316 : 6.42) + ((8.33 - (faint ? 8.316 : 6.42)) / (1 + Math.Exp((step - 240) / 55.0)))
                : 1.72 + (3.83 * Math.Exp(-step / 210.0));
            var isBad = name.Contains("hot", StringComparison.Ordinal) && step > 200;
            var loss = isBad ? (step == done ? double.NaN : level * (1 + ((step - 200) * 0.05))) : level + (0.06 * (random.NextDouble() - 0.5));
            var seconds = step * 0.182;
            store.Append(id, [Measured(step, loss, seconds, 2812 + (90 * random.NextDouble()), isBad ? 40 : 0.6 + (2.1 * Math.Exp(-step / 90.0)) + (0.2 * random.NextDouble()), steps)]);
            if (step % 100 == 0 && !isBad)
            {
                clock.Advance(TimeSpan.FromSeconds(18));
                store.Append(id, [new Evaluated(step, Evaluated.OwnSet, level + 0.02, level - 0.01, level + 0.05, [])]);
            }

            if (step % 400 == 0)
            {
                store.Append(id, [new CheckpointSaved(step, $"checkpoints/{id}/{step}", 67_912_004)]);
            }
        }
    }

    private static Measured Measured(long step, double loss, double seconds, double speed, double norm, int steps) => new(step, step * 512, [
        new MetricPoint(TrainingMetrics.TrainLoss.Name, step, loss),
        new MetricPoint(TrainingMetrics.Elapsed.Name, step, seconds),
        new MetricPoint(TrainingMetrics.TokensPerSecond.Name, step, speed),
        new MetricPoint(TrainingMetrics.GradientNorm.Name, step, norm),
        new MetricPoint(TrainingMetrics.LearningRate.Name, step, step < steps / 10 ? 1e-3 * step / (steps / 10.0) : 1e-4 + (0.45e-3 * (1 + Math.Cos(Math.PI * step / steps)))),
    ]);
}
