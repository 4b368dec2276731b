namespace Crossbench.Runs;

/// <summary>Order of a list of runs.</summary>
public enum RunOrder
{
    /// <summary>Running, queued, ended; newest first within each.</summary>
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
}

/// <summary>Which runs, in which order, from where.</summary>
public sealed record RunQuery
{
    /// <summary>Words that must all occur in name, architecture, dataset or tags; empty for all runs.</summary>
    public string Text { get; init; } = "";

    /// <summary>Only runs of these statuses; all when empty.</summary>
    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];

    /// <summary>Only runs of this architecture, by id.</summary>
    public string? Architecture { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only runs that must give the numbers of this specification, by its hash.</summary>
    public string? SpecHash { get; init; }

    /// <summary>Whether archived runs are wanted: false for the list without them, true for them alone, null for both.</summary>
    public bool? Archived { get; init; } = false;

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
