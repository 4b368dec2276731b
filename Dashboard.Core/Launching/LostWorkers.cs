using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>
/// Running runs whose worker is dead. A served queue notices within half a second; while none is served, commands look for themselves, so that nobody is told
/// that a dead run is running.
/// </summary>
public static class LostWorkers
{
    /// <summary>Settles every running run that no process trains: it is interrupted, or stopped where that was asked.</summary>
    /// <param name="store">The store; it must be writable.</param>
    /// <param name="folder">Its data folder.</param>
    public static void Settle(IRunStore store, DataFolder folder)
    {
        foreach (var run in store.Query(new RunQuery { Statuses = [RunStatus.Running], Archived = null, Limit = int.MaxValue }).Runs)
        {
            Settle(store, folder, run.Id);
        }
    }

    /// <summary>Settles one run.</summary>
    /// <returns>Whether it had lost its worker.</returns>
    internal static bool Settle(IRunStore store, DataFolder folder, RunId id)
    {
        // A running run's lock is held from before it runs until after its end, so free means dead; and the run is read while nobody can begin it.
        using var free = RunLock.TryTake(folder, id);
        if (free is null || store.Find(id) is not { Status: RunStatus.Running } run)
        {
            return false;
        }

        var (status, reason) = WorkerEnd.Settle(folder, run, null);
        var isSettled = store.TryTransition(id, RunStatus.Running, status, reason);
        store.ReleaseLease(id);
        return isSettled;
    }
}
