using System.Text;
using Crossbench.Launching;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Suites;
using Crossbench.Tests.Runs;
using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>A sweep over noise in a store, as far as it would be after a morning: most runs done, one running, one broken, some waiting. Same numbers each time.</summary>
internal static class SampleSuites
{
    /// <summary>The suite's file.</summary>
    public const string Text = """
        # A sweep over noise, five seeds each.
        name = "noise-crossover"
        seeds = [0, 1, 2, 3, 4]

        [defaults]
        dataset = { id = "sparse_signal", motifLength = 8 }
        shape = { layers = 2, width = 64, heads = 4, kvHeads = 2, ffn = 128, contextLength = 256, vocabulary = 4096 }
        training = { steps = 400, threads = 1 }

        [grid]
        dataset.signalRatio = [0.5, 0.3, 0.15, 0.05]

        [[run]]
        name = "gqa-{signalRatio}-s{seed}"

        [[run]]
        name = "mig-{signalRatio}-s{seed}"
        architecture = { id = "mig", topkMode = "causal_rank" }

        [[run]]
        name = "a-mig-{signalRatio}-s{seed}"
        architecture = { id = "mig", topkMode = "causal_rank", keepRatio = 0.05 }

        [[run]]
        name = "sil-{signalRatio}-s{seed}"
        architecture = "sil"

        [[run]]
        name = "rwkv6-{signalRatio}-s{seed}"
        architecture = "rwkv6"

        [[run]]
        name = "mig-global-{signalRatio}-s{seed}"
        architecture = { id = "mig", topkMode = "global" }
        """;

    private static readonly Dictionary<string, double> Levels = new() { ["0.5"] = 4.74, ["0.3"] = 6.69, ["0.15"] = 7.9, ["0.05"] = 8.315 };
    private static readonly Dictionary<string, double> Shifts = new() { ["gqa"] = 0, ["mig"] = 0.069, ["a-mig"] = 0.472, ["sil"] = -0.09, ["rwkv6"] = 0.279, ["mig-global"] = -0.04 };

    /// <summary>Queues the suite from a file and takes its runs as far as they have come.</summary>
    /// <returns>The suite, and the run that is running.</returns>
    public static (SuiteRecord Suite, RunId Running) Fill(SqliteRunStore store, TestClock clock, string file)
    {
        var plan = Expand(Text, file);
        var started = new SuiteLauncher(store, store).Start(plan, new SuiteText(plan.Name, file, Text, false), reuse: false);
        var running = default(RunId);
        foreach (var member in started.Members)
        {
            var parts = member.Planned.Spec.Name.Split('-');
            var (kind, level, seed) = (string.Join('-', parts[..^2]), parts[^2], member.Planned.Spec.Seed);
            if (kind == "rwkv6" && level != "0.5")
            {
                continue;
            }

            clock.Advance(TimeSpan.FromSeconds(2));
            store.TryTransition(member.Id, RunStatus.Queued, RunStatus.Running, "A worker has it.");
            var isRunning = kind == "rwkv6" && seed == 4;
            Train(store, member.Id, kind, level, seed, isRunning ? 160 : 400);
            running = isRunning ? member.Id : running;
            if (!isRunning)
            {
                var isBroken = kind == "a-mig" && level == "0.05" && seed == 4;
                store.TryTransition(member.Id, RunStatus.Running, isBroken ? RunStatus.Failed : RunStatus.Completed, isBroken ? "The worker ran out of memory." : "");
            }
        }

        return (started.Suite, running);
    }

    /// <summary>Expands a text.</summary>
    public static SuitePlan Expand(string text, string file) => SuiteExpander.Expand(file, Encoding.UTF8.GetBytes(text), new SuiteContext { ReadFile = File.ReadAllBytes });

    private static void Train(SqliteRunStore store, RunId id, string kind, string level, long seed, int steps)
    {
        var random = new Random((int)seed + (kind.Length * 31) + level.Length);
        var noise = double.Parse(level, System.Globalization.CultureInfo.InvariantCulture);
        var shift = level == "0.05" ? 0 : kind is "mig" or "a-mig" ? Shifts[kind] - ((0.5 - noise) * (kind == "mig" ? 0.7 : 1.9)) : Shifts[kind];
        var end = Levels[level] + shift + (0.02 * (random.NextDouble() - 0.5)) + (0.012 * seed);
        var floor = store.Find(id)!.Spec is var spec ? Crossbench.Datasets.DatasetCatalog.Find(spec.Dataset.Id)!.Describe(spec.Dataset.Options, 256, 4096).Floor : null;
        var gate = Crossbench.Models.ModelZoo.Find(store.Find(id)!.Spec.Architecture.Id)!.Diagnostics(store.Find(id)!.Spec.Architecture.Options).Where(metric => metric is { Kind: MetricKind.Gate, Form: MetricForm.Scalar, AtEvaluation: false }).Select(metric => metric.Name).FirstOrDefault("gate");
        var isGated = kind.Contains("mig", StringComparison.Ordinal);
        List<TrainingEvent> events =
        [
            new Started(0, 400, 700_000 + (kind.Length * 10_000), 4096, 8.3178, floor, kind == "mig-global", "cpu, 1 thread, libtorch 1.13.1")
            {
                Machine = new("Some CPU", 2, 8L << 30, "cpu", 1, "libtorch 1.13.1", "", "0.1.0+abc1234", "Linux", ".NET 10"),
            },
        ];
        for (var step = 10; step <= steps; step += 10)
        {
            var loss = end + ((8.33 - end) * Math.Exp(-step / 60.0));
            events.Add(new Measured(step, step * 2048, [
                new MetricPoint(TrainingMetrics.TrainLoss.Name, step, loss + (0.04 * (random.NextDouble() - 0.5))), new MetricPoint(TrainingMetrics.Elapsed.Name, step, step * 0.02 * kind.Length),
                new MetricPoint(TrainingMetrics.TokensPerSecond.Name, step, 90_000.0 / kind.Length), new MetricPoint(TrainingMetrics.LearningRate.Name, step, 1e-3 * (1 - (step / 500.0))),
                new MetricPoint(TrainingMetrics.StepMedian.Name, step, 20.0 * kind.Length), new MetricPoint(TrainingMetrics.StepPercentile.Name, step, 24.0 * kind.Length), new MetricPoint(TrainingMetrics.PeakMemory.Name, step, 180 + (12 * kind.Length)),
                .. isGated ? [new MetricPoint($"layer0.{gate}", step, 0.12 + (0.0004 * step * noise)), new MetricPoint($"layer1.{gate}", step, 0.12 + (0.0009 * step * noise))] : Array.Empty<MetricPoint>(),
            ]));
            if (step % 100 == 0)
            {
                events.Add(new Evaluated(step, Evaluated.OwnSet, loss, loss - 0.02, loss + 0.02, []));
            }
        }

        store.Append(id, events);
    }
}
