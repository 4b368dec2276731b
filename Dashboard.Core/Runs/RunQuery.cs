using Crossbench.Runs.Filters;

namespace Crossbench.Runs;

/// <summary>Order of a list of runs.</summary>
public enum RunOrder
{
    /// <summary>Running, queued, needs a look (diverged, failed, paused, interrupted), stopped, completed; newest first within each.</summary>
    Status,

    /// <summary>Newest first.</summary>
    Newest,

    /// <summary>By name.</summary>
    Name,

    /// <summary>By architecture id.</summary>
    Architecture,

    /// <summary>By dataset id.</summary>
    Dataset,

    /// <summary>By evaluation loss, best first, unknown last.</summary>
    EvalLoss,

    /// <summary>As the queue takes them: running, queued by priority and place, ended.</summary>
    Turn,

    /// <summary>By seed.</summary>
    Seed,

    /// <summary>By share of the steps done.</summary>
    Progress,

    /// <summary>By training loss, unknown last.</summary>
    TrainLoss,

    /// <summary>By share of the way from chance to floor, unknown last.</summary>
    Gap,

    /// <summary>By tokens per second, unknown last.</summary>
    Speed,

    /// <summary>By the time since the last change of state, the latest first.</summary>
    Age,

    /// <summary>By steps in all.</summary>
    Steps,

    /// <summary>By number of parameters, unknown last.</summary>
    Parameters,

    /// <summary>By learning rate.</summary>
    LearningRate,

    /// <summary>By width.</summary>
    Width,

    /// <summary>By layers.</summary>
    Layers,

    /// <summary>By sequences in a batch.</summary>
    Batch,

    /// <summary>By context length.</summary>
    Context,

    /// <summary>By rank in the queue.</summary>
    Priority,

    /// <summary>By training time, unknown last.</summary>
    Time,

    /// <summary>By suite, the newest last, none at the end.</summary>
    Suite,

    /// <summary>By device.</summary>
    Device,
}

/// <summary>What runs are put together by.</summary>
public enum RunGrouping
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Architecture.</summary>
    Architecture,

    /// <summary>Dataset.</summary>
    Dataset,

    /// <summary>Suite.</summary>
    Suite,

    /// <summary>All their tags together.</summary>
    Tags,

    /// <summary>Status.</summary>
    Status,

    /// <summary>Everything but the seed.</summary>
    Family,
}

/// <summary>Which runs, in which order, from where.</summary>
public sealed record RunQuery
{
    /// <summary>What they are narrowed to; null for all runs.</summary>
    public RunFilter? Filter { get; init; }

    /// <summary>Only runs of these statuses; all when empty.</summary>
    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];

    /// <summary>Only runs of this architecture, by id.</summary>
    public string? Architecture { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only runs that must give the numbers of this specification, by its hash.</summary>
    public string? SpecHash { get; init; }

    /// <summary>Whether archived runs are wanted: false for the list without them, true for them alone, null for both. A filter that speaks of them decides for itself.</summary>
    public bool? Archived { get; init; } = false;

    /// <summary>Groups that come one after the other, each in the order below.</summary>
    public RunGrouping Grouping { get; init; }

    /// <summary>Keys of groups whose runs are left out.</summary>
    public IReadOnlyList<string> Collapsed { get; init; } = [];

    /// <summary>Order.</summary>
    public RunOrder Order { get; init; }

    /// <summary>Whether the order is reversed.</summary>
    public bool Descending { get; init; }

    /// <summary>Runs to skip.</summary>
    public int Offset { get; init; }

    /// <summary>Runs to return at most.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>One page of runs.</summary>
/// <param name="Runs">The runs of the page.</param>
/// <param name="Total">Number of runs that match.</param>
public sealed record RunPage(IReadOnlyList<RunRecord> Runs, int Total);

/// <summary>Runs that are put together.</summary>
/// <param name="Key">What they have in common, as <see cref="RunQuery.Collapsed"/> names it.</param>
/// <param name="Title">The same for people: an architecture, the name of a suite, tags; empty where they have none.</param>
/// <param name="Statuses">Number of runs in each status.</param>
/// <param name="Seeds">Of a family, completed runs with an evaluation when no two have the same seed; else 0.</param>
/// <param name="Mean">Their mean evaluation loss.</param>
/// <param name="Deviation">Its sample standard deviation over seeds; 0 for one.</param>
public sealed record RunGroup(string Key, string Title, IReadOnlyDictionary<RunStatus, int> Statuses, int Seeds, double Mean, double Deviation)
{
    /// <summary>Number of runs.</summary>
    public int Count => Statuses.Values.Sum();
}
