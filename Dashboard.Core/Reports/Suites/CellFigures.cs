using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.Suites;

/// <summary>Mean over seeds with its 95 % t interval; no interval of one seed, no mean of none.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record SeedMean(double? Mean, double? Low, double? High)
{
    /// <summary>The mean of the values that are known.</summary>
    public static SeedMean Of(IEnumerable<double?> values) => SeedGroup.Summarise([.. values.OfType<double>().Where(double.IsFinite)]) is var (mean, low, high) ? new SeedMean(mean, low, high) : new SeedMean(null, null, null);
}

/// <summary>What one specification costs and how it ran, over the seeds that count.</summary>
/// <param name="TokensPerSecond">Throughput.</param>
/// <param name="StepMedian">Median step time, ms.</param>
/// <param name="StepTail">95th percentile of the step time, ms.</param>
/// <param name="PeakMemory">Largest memory of the process, MiB.</param>
/// <param name="TrainLoss">Last training loss.</param>
/// <param name="Parameters">Number of parameters.</param>
/// <param name="Flops">Training FLOPs per token.</param>
/// <param name="IsBusy">Whether other processes took the cores of a run meanwhile.</param>
public sealed record CellFigures(SeedMean TokensPerSecond, SeedMean StepMedian, SeedMean StepTail, SeedMean PeakMemory, SeedMean TrainLoss, long? Parameters, double? Flops, bool IsBusy)
{
    /// <summary>Reads the figures of a cell: of each seed the run that its loss is of.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="last">The last value of a metric of a run; null when it was not measured.</param>
    public static CellFigures Of(MatrixCell cell, Func<RunRecord, string, double?> last)
    {
        var runs = cell.Pips.Where(pip => pip.State == PipState.Done && cell.Losses.ContainsKey(pip.Run.Spec.Seed)).GroupBy(pip => pip.Run.Spec.Seed).Select(group => group.MaxBy(pip => pip.Run.CreatedAt)!.Run).ToArray();
        SeedMean Measured(MetricSpec metric) => SeedMean.Of(runs.Select(run => last(run, metric.Name)));
        var any = cell.Pips.Count == 0 ? null : new RunResult { Run = cell.Pips[0].Run };
        return new CellFigures(
            SeedMean.Of(runs.Select(run => run.TokensPerSecond)), Measured(TrainingMetrics.StepMedian), Measured(TrainingMetrics.StepPercentile), Measured(TrainingMetrics.PeakMemory),
            SeedMean.Of(runs.Select(run => run.TrainLoss)), any?.Parameters, any?.Cost.TrainingFlops, runs.Any(run => run.BusyMachine));
    }
}
