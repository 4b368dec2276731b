using Crossbench.Runs;
using Crossbench.Suites;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>How a run of a suite came to be.</summary>
public enum MemberOrigin
{
    /// <summary>It is new.</summary>
    Queued,

    /// <summary>It had ended before all steps were done, and goes on.</summary>
    Resumed,

    /// <summary>The suite has it already: it is completed, diverged, queued or running.</summary>
    Kept,

    /// <summary>It was completed outside the suite.</summary>
    Reused,
}

/// <summary>A run of a started suite.</summary>
/// <param name="Planned">What was planned.</param>
/// <param name="Id">The run.</param>
/// <param name="Origin">How it came to be.</param>
public sealed record SuiteMember(PlannedRun Planned, RunId Id, MemberOrigin Origin);

/// <summary>A suite whose runs are in the store.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Members">Its runs, in order.</param>
/// <param name="Left">Runs that it had before, and that the file describes no more.</param>
public sealed record StartedSuite(SuiteRecord Suite, IReadOnlyList<SuiteMember> Members, IReadOnlyList<RunRecord> Left);

/// <summary>
/// Queues the runs of a suite. The same file is the same suite: runs of the same specification that it has already are kept or go on, and only what is missing
/// is queued, all in one transaction.
/// </summary>
/// <param name="runs">The store.</param>
/// <param name="suites">The same store.</param>
public sealed class SuiteLauncher(IRunStore runs, ISuiteStore suites)
{
    private const string Resumed = "Resumed with its suite.";

    /// <summary>Queues what is missing.</summary>
    /// <param name="plan">The suite.</param>
    /// <param name="text">Its file.</param>
    /// <param name="reuse">Whether completed runs of the same specification outside the suite stand for its own.</param>
    /// <exception cref="SpecException">The plan has problems; nothing was queued.</exception>
    public StartedSuite Start(SuitePlan plan, SuiteText text, bool reuse)
    {
        if (plan.Problems.Count > 0)
        {
            throw new SpecException([.. plan.Problems.Select(problem => problem.Problem)]);
        }

        var own = Pool(suites.FindSuite(text.File) is { } known ? suites.RunsOf(known.Id) : []);
        var others = Pool(reuse ? suites.FindCompleted([.. plan.Runs.Select(run => run.Hash).Distinct()]) : []);
        var found = plan.Runs.Select(run => Take(own, run) ?? Take(others, run)).ToArray();
        var added = plan.Runs.Index().Where(run => found[run.Index] is null).Select(run => (run.Item.Spec, run.Index)).ToArray();
        var kept = found.Index().Where(run => run.Item is { IsOwn: true }).Select(run => (run.Item!.Value.Run.Id, run.Index)).ToArray();
        var (suite, ids) = suites.QueueSuite(text, added, kept);
        var queued = added.Zip(ids).ToDictionary(pair => pair.First.Index, pair => pair.Second);
        return new StartedSuite(suite, [.. plan.Runs.Select((run, i) => found[i] is { } member ? Continue(run, member.Run, member.IsOwn) : new SuiteMember(run, queued[i], MemberOrigin.Queued))], [.. own.Values.SelectMany(left => left)]);

        (RunRecord Run, bool IsOwn)? Take(Dictionary<string, List<RunRecord>> pool, PlannedRun planned) => Choose(pool, planned) is { } run ? (run, ReferenceEquals(pool, own)) : null;
    }

    private static Dictionary<string, List<RunRecord>> Pool(IEnumerable<RunRecord> runs) => runs.GroupBy(run => run.SpecHash).ToDictionary(group => group.Key, group => group.ToList());

    /// <summary>Takes a run of the planned specification: one of the same name where there are several, and one that is farther where names do not tell.</summary>
    private static RunRecord? Choose(Dictionary<string, List<RunRecord>> pool, PlannedRun planned)
    {
        if (!pool.TryGetValue(planned.Hash, out var alike) || alike.Count == 0)
        {
            return null;
        }

        var chosen = alike.OrderByDescending(run => run.Spec.Name == planned.Spec.Name).ThenByDescending(run => run.Status == RunStatus.Completed).ThenByDescending(run => run.Step).First();
        alike.Remove(chosen);
        return chosen;
    }

    private SuiteMember Continue(PlannedRun planned, RunRecord run, bool isOwn)
    {
        var origin = !isOwn ? MemberOrigin.Reused : run.Status.CanGoOn() && runs.TryTransition(run.Id, run.Status, RunStatus.Queued, Resumed) ? MemberOrigin.Resumed : MemberOrigin.Kept;
        return new SuiteMember(planned, run.Id, origin);
    }
}
