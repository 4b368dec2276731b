using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>A suite at one moment.</summary>
/// <param name="Runs">Its runs; null for one that was deleted.</param>
public sealed record SuiteProgress(IReadOnlyList<RunRecord?> Runs)
{
    /// <summary>Number of runs that have ended.</summary>
    public int Ended => Runs.Count(run => run is null || run.Status.IsEnded());

    /// <summary>Share of all steps that are done; an ended run counts whole.</summary>
    public double Share => Runs.Count == 0 ? 1 : Runs.Average(run => run is null || run.Status.IsEnded() ? 1 : (double)run.Step / Math.Max(1, run.Spec.Training.Steps));

    /// <summary>Number of runs in a status.</summary>
    public int Count(RunStatus status) => Runs.Count(run => run?.Status == status);

    /// <summary>Exit code of a command: 0 when all runs are completed; else that of the worst: 1 failed or interrupted, 3 diverged, 4 paused, stopped or not begun.</summary>
    public int ExitCode => Runs.Any(run => run?.Status is RunStatus.Failed or RunStatus.Interrupted) ? 1 : Count(RunStatus.Diverged) > 0 ? 3 : Runs.Any(run => run?.Status != RunStatus.Completed) ? 4 : 0;
}

/// <summary>Watches the runs of a suite until all have ended.</summary>
/// <param name="runs">The store.</param>
/// <param name="suites">The same store.</param>
/// <param name="suite">The suite.</param>
/// <param name="time">The clock.</param>
public sealed class SuiteWatch(IRunStore runs, ISuiteStore suites, StartedSuite suite, TimeProvider time)
{
    private readonly RunStatus?[] _told = new RunStatus?[suite.Members.Count];

    /// <summary>The suite now.</summary>
    public SuiteProgress Look()
    {
        var own = suites.RunsOf(suite.Suite.Id).ToDictionary(run => run.Id);
        return new SuiteProgress([.. suite.Members.Select(member => own.GetValueOrDefault(member.Id) ?? (member.Origin == MemberOrigin.Reused ? runs.Find(member.Id) : null))]);
    }

    /// <summary>Looks four times a second; returns when all runs have ended, or when it is cancelled.</summary>
    /// <param name="onChanged">Told of each run whose status is another than before; at first of all that do not wait.</param>
    /// <param name="onProgress">Told after each look.</param>
    /// <param name="cancellation">Ends the watch early.</param>
    public async Task<SuiteProgress> RunAsync(Action<SuiteMember, RunRecord> onChanged, Func<SuiteProgress, Task> onProgress, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(RunHost.PollInterval, time);
        while (true)
        {
            var progress = Look();
            foreach (var (index, run) in progress.Runs.Index())
            {
                if (run is not null && _told[index] != run.Status && (_told[index] is not null || run.Status != RunStatus.Queued))
                {
                    onChanged(suite.Members[index], run);
                }

                _told[index] = run?.Status;
            }

            await onProgress(progress);
            if (progress.Ended == progress.Runs.Count || !await NextAsync(timer, cancellation))
            {
                return progress;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
