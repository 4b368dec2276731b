using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;

namespace Crossbench.Tests.Reports;

/// <summary>Small runs in a real store, with numbers that a test can work out by hand.</summary>
internal static class SampleResults
{
    /// <summary>Step times in milliseconds; the first two steps are warm-up.</summary>
    public static double[] Milliseconds { get; } = [50, 40, 10, 20, 30, 60];

    /// <summary>Training losses.</summary>
    public static double[] Losses { get; } = [5.5, 5.25, 5, 4.5, 4.25, 4];

    /// <summary>A completed run of six steps, two of them warm-up, on noise with a motif; gates at every other step.</summary>
    public static RunId Gated(TestStore store, string name = "gated", long seed = 3, string? notes = null) => Trained(store, "mig", name, seed, notes,
    [
        new("aux.gate.scaled", 0.5), new("layer0.gateMean", 0.2), new("layer1.gateMean", 0.4), new("memory.peak", 100), new("stepTime.forward", 7),
    ]);

    /// <summary>A completed run without gates.</summary>
    public static RunId Plain(TestStore store, string name = "plain", long seed = 3, string? notes = null, params (string Path, string Value)[] settings) => Trained(store, "gqa", name, seed, notes, [], settings);

    /// <summary>The run as a report reads it.</summary>
    public static RunResult Read(TestStore store, RunId id) => RunResult.Read(store.Store, id, ResultDetail.Everything)!;

    private static RunId Trained(TestStore store, string architecture, string name, long seed, string? notes, (string Metric, double Value)[] diagnostics, params (string Path, string Value)[] settings)
    {
        var id = store.Queued(
        [
            ("architecture.id", architecture), ("name", name), ("seed", $"{seed}"), ("notes", notes ?? ""), ("tags", "first,second"), ("training.steps", "6"), ("training.warmup", "2"), ("training.threads", "1"),
            ("shape.layers", "2"), ("shape.width", "32"), ("shape.ffn", "48"), ("shape.contextLength", "16"), ("shape.vocabulary", "64"), .. settings,
        ]);
        store.Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, "A worker has it.");
        store.Store.Append(id, [new Started(0, 6, 4321, 64, 4.1589, 3.2, false, "cpu, 1 thread, libtorch 1.13.1") { Machine = new("Some CPU", 4, 8L << 30, "cpu", 1, "libtorch 1.13.1", "", "0.1.0+abc1234", "Linux", ".NET 10") }]);
        var elapsed = 0.0;
        for (var step = 1; step <= 6; step++)
        {
            elapsed += Milliseconds[step - 1] / 1000;
            store.Clock.Advance(TimeSpan.FromSeconds(1));
            var shift = 0.001 * seed;
            store.Store.Append(id, [new Measured(step, step * 64, [
                new(TrainingMetrics.TrainLoss.Name, step, Losses[step - 1] + shift), new(TrainingMetrics.LearningRate.Name, step, step / 1000.0), new(TrainingMetrics.Elapsed.Name, step, elapsed), new(TrainingMetrics.TokensPerSecond.Name, step, 1000),
                .. step % 2 == 0 ? diagnostics.Select(item => new MetricPoint(item.Metric, step, item.Value * step)) : []])]);
        }

        var mean = 3.9 + (0.1 * seed);
        SequenceLoss[] rows = [new(0, TokenClass.Signal, mean - 0.5, 10), new(0, TokenClass.Noise, mean + 0.5, 10), new(1, TokenClass.Signal, mean - 0.5, 10), new(1, TokenClass.Noise, mean + 0.5, 10)];
        store.Store.Append(id, [new Evaluated(6, Evaluated.OwnSet, mean, mean - 0.03, mean + 0.03, rows)
        {
            Points = diagnostics.Length == 0 ? [] : [new("layer0.gateSignalMean", 6, 0.6), new("layer1.gateSignalMean", 6, 0.8), new("layer0.gateNoiseMean", 6, 0.1), new("layer1.gateNoiseMean", 6, 0.3)],
        }]);
        store.Store.Append(id, [new CheckpointSaved(6, $"checkpoints/{id}/6", 1234), new Noted(6, "The evaluation rows are few.", IsWarning: true)]);
        store.Store.TryTransition(id, RunStatus.Running, RunStatus.Completed, "");
        return id;
    }
}
