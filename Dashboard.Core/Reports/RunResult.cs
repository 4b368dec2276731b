using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports;

/// <summary>How much of a run is read for a report.</summary>
public enum ResultDetail
{
    /// <summary>Its row and its evaluations: enough for tables.</summary>
    Summary,

    /// <summary>Everything: all series, the log, the sequences of the last evaluations.</summary>
    Everything,
}

/// <summary>What a report holds of one run, as of one moment; no store, no file, no clock.</summary>
public sealed record RunResult
{
    private readonly Lazy<ModelCost> _cost;

    /// <summary>An empty result.</summary>
    public RunResult() => _cost = new(() => ModelZoo.Find(Spec.Architecture.Id)!.Cost(Spec.Shape, SpecValidator.VocabularyOf(Spec), Spec.Architecture.Options));

    /// <summary>Its row.</summary>
    public required RunRecord Run { get; init; }

    /// <summary>Scalar metrics by name, in the store's order.</summary>
    public IReadOnlyDictionary<string, MetricSeries> Series { get; init; } = new Dictionary<string, MetricSeries>();

    /// <summary>Every evaluation, ascending.</summary>
    public IReadOnlyList<EvaluationRecord> Evaluations { get; init; } = [];

    /// <summary>The last evaluation of each set with its rows, the run's own set first.</summary>
    public IReadOnlyList<ScoredSet> Final { get; init; } = [];

    /// <summary>Its log.</summary>
    public IReadOnlyList<RunLogEntry> Log { get; init; } = [];

    /// <summary>Its checkpoints.</summary>
    public IReadOnlyList<CheckpointRecord> Checkpoints { get; init; } = [];

    /// <summary>Where its workers trained, one record for each start.</summary>
    public IReadOnlyList<EnvironmentRecord> Environments { get; init; } = [];

    /// <summary>Its specification.</summary>
    public RunSpec Spec => Run.Spec;

    /// <summary>What its model costs, by arithmetic. An earlier version may have counted otherwise: <see cref="Parameters"/> is what the run counted.</summary>
    public ModelCost Cost => _cost.Value;

    /// <summary>Number of scalars in all parameters.</summary>
    public long Parameters => Run.Parameters ?? Cost.ParameterCount;

    /// <summary>Tokens of one optimiser step.</summary>
    public long TokensPerStep => (long)Spec.Training.BatchSize * Spec.Training.Accumulation * Spec.Shape.ContextLength;

    /// <summary>Points of a metric; none when it was not measured.</summary>
    public MetricSeries SeriesOf(string metric) => Series.GetValueOrDefault(metric, MetricSeries.Empty);

    /// <summary>Reads a run; null when there is none.</summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The run.</param>
    /// <param name="detail">How much.</param>
    public static RunResult? Read(IRunStore store, RunId id, ResultDetail detail) => store.Find(id) is { } run ? Read(store, run, detail) : null;

    /// <summary>Reads what tables need of some runs, in a few queries for all of them: summaries, with the sequences of the last evaluation of the run's own set.</summary>
    /// <param name="store">The store.</param>
    /// <param name="runs">Their rows.</param>
    public static IReadOnlyList<RunResult> ReadSummaries(IRunStore store, IReadOnlyList<RunRecord> runs) =>
    [
        .. runs.Zip(store.ReadScores(runs, Evaluated.OwnSet), (run, scores) => new RunResult
        {
            Run = run,
            Evaluations = scores.Evaluations,
            Environments = scores.Environments,
            Final = [.. LatestOf(scores.Evaluations).Select(item => new ScoredSet(item, item.Set == Evaluated.OwnSet ? scores.Sequences : []))],
        }),
    ];

    /// <summary>Reads what belongs to a run. What a running run records meanwhile is left out, so that all is of one moment.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">Its row.</param>
    /// <param name="detail">How much.</param>
    public static RunResult Read(IRunStore store, RunRecord run, ResultDetail detail)
    {
        var evaluations = store.ReadEvaluations(run.Id, -1).Where(item => item.Step <= run.Step).ToArray();
        var summary = new RunResult
        {
            Run = run,
            Evaluations = evaluations,
            Environments = store.Environments(run.Id),
            Final = [.. LatestOf(evaluations).Select(item => new ScoredSet(item, detail == ResultDetail.Everything ? store.ReadSequences(run.Id, item.Set, item.Step) : []))],
        };
        return detail == ResultDetail.Summary ? summary : summary with
        {
            Series = store.Metrics(run.Id).ToDictionary(name => name, name => UpTo(store.ReadSeries(run.Id, name, -1), run.Step)),
            Log = store.ReadLog(run.Id, -1),
            Checkpoints = store.Checkpoints(run.Id),
        };
    }

    /// <summary>The last evaluation of each set, the run's own set first.</summary>
    private static IEnumerable<EvaluationRecord> LatestOf(IReadOnlyList<EvaluationRecord> evaluations) => evaluations.GroupBy(item => item.Set).Select(group => group.Last()).OrderBy(item => item.Set == Evaluated.OwnSet ? 0 : 1);

    private static MetricSeries UpTo(MetricSeries series, long step)
    {
        var count = series.Steps.Length;
        while (count > 0 && series.Steps[count - 1] > step)
        {
            count--;
        }

        return count == series.Count ? series : new MetricSeries(series.Steps[..count], series.Values[..count]);
    }
}

/// <summary>An evaluation with its rows.</summary>
/// <param name="Summary">Its mean and interval.</param>
/// <param name="Sequences">A row for each sequence and class of tokens.</param>
public sealed record ScoredSet(EvaluationRecord Summary, IReadOnlyList<SequenceLoss> Sequences)
{
    /// <summary>Mean loss and number of tokens of each class, where the dataset knows classes.</summary>
    public IReadOnlyList<(TokenClass Class, double Loss, long Tokens)> Classes => Sequences.All(row => row.Class == TokenClass.Plain)
        ? []
        : [.. Sequences.GroupBy(row => row.Class).OrderBy(group => group.Key).Select(group => (group.Key, group.Sum(row => row.Loss * row.Tokens) / group.Sum(row => (double)row.Tokens), group.Sum(row => (long)row.Tokens)))];
}
