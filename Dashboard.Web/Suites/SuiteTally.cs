using Crossbench.Runs;

namespace Crossbench.Web.Suites;

/// <summary>The runs of a suite by status.</summary>
/// <param name="Counts">Number of runs in each status.</param>
public sealed record SuiteTally(IReadOnlyDictionary<RunStatus, int> Counts)
{
    /// <summary>Statuses in the order in which the first that occurs is the state of the whole: what moves, then what needs a look, then what has ended well.</summary>
    private static readonly RunStatus[] Order =
    [
        RunStatus.Running, RunStatus.Queued, RunStatus.Failed, RunStatus.Diverged, RunStatus.Interrupted, RunStatus.Paused, RunStatus.Stopped, RunStatus.Completed,
    ];

    /// <summary>Number of runs.</summary>
    public int Total => Counts.Values.Sum();

    /// <summary>State of the whole; null without runs.</summary>
    public RunStatus? State => Order.Where(status => Of(status) > 0).Cast<RunStatus?>().FirstOrDefault();

    /// <summary>Runs that broke.</summary>
    public int Broken => Of(RunStatus.Failed) + Of(RunStatus.Diverged);

    /// <summary>Runs that can go on when they are told to.</summary>
    public int Left => Order.Where(status => status.CanGoOn()).Sum(Of);

    /// <summary>A tally of runs.</summary>
    public static SuiteTally Of(IEnumerable<RunRecord> runs) => new(runs.CountBy(run => run.Status).ToDictionary());

    /// <summary>Number of runs in a status.</summary>
    public int Of(RunStatus status) => Counts.GetValueOrDefault(status);
}
