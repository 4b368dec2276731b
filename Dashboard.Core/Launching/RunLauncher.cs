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
    /// <inheritdoc/>
    public Task<RunId> EnqueueAsync(RunSpec spec) => Task.Run(() =>
    {
        var problems = SpecValidator.Validate(spec);
        return problems.Count == 0 ? RunFork.Create(store, folder, spec, RunId.New(time ?? TimeProvider.System)).Id : throw new SpecException(problems);
    });

    /// <inheritdoc/>
    public Task<bool> PauseAsync(RunId id) => Task.Run(() => store.Request(id, RunCommand.Pause));

    /// <inheritdoc/>
    public Task<bool> ResumeAsync(RunId id) => Task.Run(() =>
        store.Find(id) is { Status: RunStatus.Paused or RunStatus.Stopped or RunStatus.Interrupted or RunStatus.Failed } run
        && store.TryTransition(id, run.Status, RunStatus.Queued, "Resumed."));

    /// <inheritdoc/>
    public Task<bool> StopAsync(RunId id) => Task.Run(() =>
    {
        // A queued run may begin between the look and the change: then it is asked as a running one.
        while (store.Find(id) is { Status: RunStatus.Queued or RunStatus.Running } run)
        {
            if (run.Status == RunStatus.Running ? store.Request(id, RunCommand.Stop) : store.TryTransition(id, RunStatus.Queued, RunStatus.Stopped, "Stopped before it began."))
            {
                return true;
            }
        }

        return false;
    });

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(RunId id) => Task.Run(() =>
    {
        if (!store.Delete(id))
        {
            return false;
        }

        var checkpoints = folder.CheckpointsOf(id.Value);
        if (Directory.Exists(checkpoints))
        {
            Directory.Delete(checkpoints, recursive: true);
        }

        foreach (var file in Directory.Exists(folder.Workers) ? Directory.EnumerateFiles(folder.Workers, $"{id}.*") : [])
        {
            File.Delete(file);
        }

        return true;
    });
}
