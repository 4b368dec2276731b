using Crossbench.Runs;
using Crossbench.Suites;

namespace Crossbench.Launching;

/// <summary>The runs that make up a suite.</summary>
public static class SuiteMembers
{
    /// <summary>Its own runs in its order, then completed runs from outside that stand for what it never queued.</summary>
    /// <param name="suites">The store.</param>
    /// <param name="suite">Id of the suite.</param>
    /// <param name="planned">The runs that its file stands for; without them its own runs are all.</param>
    /// <param name="former">What this returned before: runs that have not changed since are not read again.</param>
    public static IReadOnlyList<RunRecord> Of(ISuiteStore suites, string suite, IReadOnlyList<PlannedRun> planned, IReadOnlyList<RunRecord>? former = null)
    {
        var own = suites.RunsOf(suite, former);
        var known = own.Select(run => run.SpecHash).ToHashSet();
        var missing = planned.Select(run => run.Hash).Where(hash => !known.Contains(hash)).ToHashSet();
        return missing.Count == 0 ? own : [.. own, .. suites.FindCompleted(missing).DistinctBy(run => run.SpecHash)];
    }
}
