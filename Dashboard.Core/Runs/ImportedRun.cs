using Crossbench.Metrics;
using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>A run that was not trained here: its row with <see cref="RunRecord.Source"/>, and all that came with it.</summary>
/// <param name="Run">Its row; it has ended.</param>
public sealed record ImportedRun(RunRecord Run)
{
    /// <summary>Scalar metrics by name.</summary>
    public IReadOnlyDictionary<string, MetricSeries> Series { get; init; } = new Dictionary<string, MetricSeries>();

    /// <summary>Evaluations; an interval that is not known is NaN.</summary>
    public IReadOnlyList<Evaluated> Evaluations { get; init; } = [];

    /// <summary>Whether another program trained it.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Where it was trained.</summary>
    public IReadOnlyList<EnvironmentRecord> Environments { get; init; } = [];

    /// <summary>Its log; the store gives the numbers.</summary>
    public IReadOnlyList<RunLogEntry> Log { get; init; } = [];
}
