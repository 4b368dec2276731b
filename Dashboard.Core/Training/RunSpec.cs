using Crossbench.Datasets;
using Crossbench.Models;

namespace Crossbench.Training;

/// <summary>Everything that determines a run. Same specification, machine and thread count: same bits.</summary>
public sealed record RunSpec
{
    /// <summary>Name for people; need not be unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>Seed of all random streams, 0 or more.</summary>
    public long Seed { get; init; }

    /// <summary>Words to find the run by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Free text.</summary>
    public string Notes { get; init; } = "";

    /// <summary>The architecture and its options.</summary>
    public required ArchitectureSpec Architecture { get; init; }

    /// <summary>The dataset and its options.</summary>
    public required DatasetSpec Dataset { get; init; }

    /// <summary>Further evaluations, made whenever the run is evaluated.</summary>
    public IReadOnlyList<EvaluationSpec> Evaluations { get; init; } = [];

    /// <summary>The checkpoint of another run that it starts from; its own initial weights when absent.</summary>
    public ForkOrigin? From { get; init; }

    /// <summary>The sizes of the model.</summary>
    public ModelShape Shape { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>An architecture by id, with its options.</summary>
/// <param name="Id">Id in <see cref="ModelZoo"/>.</param>
/// <param name="Options">Options of that architecture.</param>
public sealed record ArchitectureSpec(string Id, ArchitectureOptions Options);

/// <summary>A dataset by id, with its options.</summary>
/// <param name="Id">Id in <see cref="DatasetCatalog"/>.</param>
/// <param name="Options">Options of that dataset.</param>
public sealed record DatasetSpec(string Id, DatasetOptions Options);
