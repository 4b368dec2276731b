using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>Queues and controls runs through the store, which a <see cref="RunQueue"/> of this or another process serves.</summary>
/// <param name="store">The store.</param>
/// <param name="folder">The data folder.</param>
/// <param name="time">The clock of new ids; the system's when absent.</param>
public sealed class RunLauncher(IRunStore store, DataFolder folder, TimeProvider? time = null) : IRunLauncher
{
    /// <summary>Time that a killed worker has to be gone.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    private TimeProvider Time => time ?? TimeProvider.System;

    /// <inheritdoc/>
    public Task<RunId> EnqueueAsync(RunSpec spec) => Task.Run(() =>
    {
        var problems = SpecValidator.Validate(spec);
        return problems.Count == 0 ? RunFork.Create(store, folder, spec, RunId.New(Time)).Id : throw new SpecException(problems);
    });

    /// <inheritdoc/>
    public Task<RunId> CloneAsync(RunId id, IReadOnlyList<KeyValuePair<string, string>> changes) => Task.Run(() =>
    {
        var run = store.Find(id) ?? throw new SpecException(new SpecProblem("", $"There is no run {id}.", "It was deleted meanwhile."));

        // Options belong to an architecture or a dataset; another one brings its own defaults.
        var replaced = new[] { "architecture", "dataset" }.Where(part => changes.Any(change => change.Key == part + ".id")).ToArray();
        var settings = RunSpecJson.Flatten(RunSpecJson.Write(run.Spec)).Where(pair => !replaced.Any(part => pair.Key.StartsWith(part + ".", StringComparison.Ordinal)));
        return RunFork.Create(store, folder, RunSpecReader.Read([.. settings, .. changes]).OrThrow(), RunId.New(Time), like: run).Id;
    });

    /// <inheritdoc/>
    public Task<bool> PauseAsync(RunId id) => Task.Run(() => store.Request(id, RunCommand.Pause));

    /// <inheritdoc/>
    public Task<bool> ResumeAsync(RunId id) => Task.Run(() =>
        store.Find(id) is { } run && IsOurs(run) && run.Status.CanGoOn() && store.TryTransition(id, run.Status, RunStatus.Queued, "Resumed."));

    /// <inheritdoc/>
    public Task<bool> RestartAsync(RunId id) => Task.Run(() =>
    {
        // The lock keeps a worker that is just about to end from saving once more.
        using var held = RunLock.Take(folder, id, KillPatience, TimeProvider.System);
        if (held is null || store.Find(id) is not { } run || !IsOurs(run) || !run.Status.IsEnded())
        {
            return false;
        }

        // Files go before rows: should this process end in between, the run still goes on from the start. What a fork started from stays.
        var home = folder.CheckpointsOf(id.Value);
        foreach (var step in CheckpointFolder.Steps(home))
        {
            Directory.Delete(CheckpointFolder.Of(home, step), recursive: true);
        }

        store.Append(id, [.. store.Checkpoints(id).Select(checkpoint => new CheckpointRemoved(run.Step, checkpoint.Step))]);
        store.TruncateAfter(id, 0);
        return store.TryTransition(id, run.Status, RunStatus.Queued, "From the start again.");
    });

    /// <inheritdoc/>
    public Task<bool> StopAsync(RunId id) => Task.Run(() => Stop(id));

    /// <inheritdoc/>
    public Task<bool> KillAsync(RunId id) => Task.Run(() =>
    {
        const string Reason = "it was asked to stop at once";
        // A worker that is dead already was not killed by us.
        if (store.Find(id) is not { Status: RunStatus.Running } || LostWorkers.Settle(store, folder, id))
        {
            return Stop(id);
        }

        try
        {
            store.Request(id, RunCommand.Stop);
            store.Condemn(id, Reason);
        }
        catch (RunStoreException)
        {
            // A worker that hangs in the middle of writing keeps the store locked, until it is killed.
        }

        if (store.Find(id) is { Status: RunStatus.Running } run)
        {
            LivingWorker.Kill(folder, run);
            using var free = RunLock.Take(folder, id, KillPatience, TimeProvider.System);
            var (status, reason) = WorkerEnd.Settle(folder, run with { Command = RunCommand.Stop, KillReason = Reason }, null);
            if (free is not null && store.TryTransition(id, RunStatus.Running, status, reason))
            {
                store.ReleaseLease(id);
            }
        }

        return true;
    });

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(RunId id) => Task.Run(() =>
    {
        if (!store.Delete(id))
        {
            return false;
        }

        RunFiles.Delete(folder, id);
        return true;
    });

    /// <summary>Refuses an imported run: there is no checkpoint to go on from, and beginning anew would lose what was imported.</summary>
    private static bool IsOurs(RunRecord run) => run.Source.Length == 0 ? true
        : throw new SpecException(new SpecProblem("", $"Run {run.Id} was imported from {run.Source}; it is read-only, and there is nothing to go on from.", $"Train it here as a run of its own: clone {run.Id}"));

    private bool Stop(RunId id)
    {
        // A run may begin or end between the look and the change: then it is asked as what it is by then.
        while (store.Find(id) is { Status: RunStatus.Queued or RunStatus.Running or RunStatus.Paused } run)
        {
            var done = run.Status switch
            {
                RunStatus.Running => store.Request(id, RunCommand.Stop),
                RunStatus.Queued => store.TryTransition(id, RunStatus.Queued, RunStatus.Stopped, run.Step == 0 ? "Stopped before it began." : "Stopped while it waited to go on."),
                _ => store.TryTransition(id, RunStatus.Paused, RunStatus.Stopped, "Stopped while it was paused."),
            };
            if (done)
            {
                return true;
            }
        }

        return false;
    }
}
