using System.Globalization;
using Crossbench.Metrics;
using Crossbench.Models.Architectures;
using Crossbench.Training;

namespace Crossbench.Reports.TransBench;

/// <summary>The numbers that TransBench reports of a run, worked out from what the store holds. What it does not hold is null.</summary>
internal sealed class TransBenchNumbers
{
    private const double SmallestNoiseGate = 1e-8;
    private readonly RunResult _result;
    private readonly long _warmup;

    public TransBenchNumbers(RunResult result)
    {
        (_result, _warmup) = (result, result.Spec.Training.WarmupSteps);
        Step = StepTimes.Of(result);
        Loss = result.SeriesOf(TrainingMetrics.TrainLoss.Name);
        var auxiliary = result.Series.Where(pair => pair.Key.StartsWith("aux.", StringComparison.Ordinal) && pair.Key.EndsWith(".scaled", StringComparison.Ordinal)).Select(pair => pair.Value).ToArray();
        Total = auxiliary.Length == 0 || Loss.Count == 0 ? MetricSeries.Empty : StepValues.SumOf([Loss, .. auxiliary]);
    }

    /// <summary>Training loss.</summary>
    public MetricSeries Loss { get; }

    /// <summary>Training loss and scaled auxiliary losses together, at the steps where all were measured; empty without auxiliary losses.</summary>
    public MetricSeries Total { get; }

    /// <summary>What training steps took.</summary>
    public StepTimes Step { get; }

    /// <summary>Training tokens per second of the steps after warm-up.</summary>
    public double? TokensPerSecond => Reported("tokens_per_s") is { } stated ? stated : Step.Mean is > 0 and { } milliseconds ? 1000 * _result.TokensPerStep / milliseconds : null;

    /// <summary>Learning rate.</summary>
    public MetricSeries LearningRate => _result.SeriesOf(TrainingMetrics.LearningRate.Name);

    /// <summary>Mean training loss of the logged steps after warm-up.</summary>
    public double? MeanLoss => StepValues.MeanAfter(Loss, _warmup);

    /// <summary>Mean of loss and auxiliary losses together after warm-up.</summary>
    public double? MeanTotal => StepValues.MeanAfter(Total, _warmup);

    /// <summary>Mean of an auxiliary loss as it was scaled and ramped, warm-up included, over the steps at which it was measured.</summary>
    public double? MeanAuxiliary(string name) => StepValues.MeanAfter(_result.SeriesOf($"aux.{name}.scaled"), -1);

    /// <summary>Mean gate over layers, where the architecture has such gates.</summary>
    public MetricSeries Gate => Layers("gateMean") is { Length: > 0 } layers ? StepValues.MeanOf(layers) : _result.SeriesOf(ReportedMetrics.Gate);

    /// <summary>Mean gate of signal tokens and of noise tokens, over layers, at the last evaluation.</summary>
    public (double? Signal, double? Noise, double? Ratio) Separation
    {
        get
        {
            var (signal, noise) = (Last(StepValues.MeanOf(Layers("gate" + TokenMetrics.SignalMean))), Last(StepValues.MeanOf(Layers("gate" + TokenMetrics.NoiseMean))));
            return (signal, noise, signal / (noise > SmallestNoiseGate ? noise : null));
        }
    }

    /// <summary>Whether the gates are those that TransBench calls MIG's.</summary>
    public bool HasMigGates => _result.Spec.Architecture.Options is MigOptions;

    /// <summary>Whether the gates are those that TransBench calls SIL's.</summary>
    public bool HasSilGates => _result.Spec.Architecture.Options is SilOptions;

    /// <summary>Largest resident memory, MiB.</summary>
    public double? PeakMemory => _result.SeriesOf(TrainingMetrics.PeakMemory.Name) is { Count: > 0 } series ? series.Values.Max() : null;

    /// <summary>Loss of the last evaluation of the run's own set.</summary>
    public double? EvaluationLoss => _result.Final.FirstOrDefault(item => item.Summary.Set == Evaluated.OwnSet)?.Summary.Loss;

    /// <summary>A number as an imported report states it; null of runs that were trained here.</summary>
    public double? Reported(string key) => _result.Run.Source.Length > 0 && _result.SeriesOf(ReportedMetrics.Prefix + key) is { Count: > 0 } series ? series.Values[^1] : null;

    /// <summary>A value for each step done.</summary>
    public double[]? PerStep(MetricSeries series) => StepValues.Of(series, _result.Run.Step);

    /// <summary>What a reader must know about how these numbers came about, as sentences.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (_result.Spec.Training.LogEvery > 1)
            {
                yield return Invariant($"One step in {_result.Spec.Training.LogEvery} was logged: lists by step hold null for the others, loss_mean is over the logged ones, and percentiles of step times are not known.");
            }

            if (_result.Run.Step > StepValues.Most)
            {
                yield return Invariant($"Lists by step are left out, because there are more than {StepValues.Most:N0} steps; crossbench.series has all points.");
            }

            if (Total.Count > 0 && Total.Count < Loss.Count)
            {
                yield return Invariant($"Auxiliary losses and gates were measured at {Total.Count} of {Loss.Count} logged steps; their lists and means are of those.");
            }

            yield return _result.Run.Source.Length == 0
                ? "forward_ms_* is null: a pass in evaluation mode is not timed. crossbench.step_times_ms has the parts of training steps."
                : $"This run was imported from {_result.Run.Source}; single numbers are as that states them.";
        }
    }

    private static double? Last(MetricSeries series) => series.Count == 0 ? null : series.Values[^1];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The series of a metric in each layer that has it.</summary>
    private MetricSeries[] Layers(string metric) =>
        [.. Enumerable.Range(0, _result.Spec.Shape.Layers).Select(layer => _result.SeriesOf(Invariant($"layer{layer}.{metric}"))).Where(series => series.Count > 0)];
}
