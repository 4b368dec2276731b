using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>Queues runs and controls them; the store is the queue.</summary>
public interface IRunLauncher
{
    /// <summary>Queues a valid specification.</summary>
    /// <exception cref="SpecException">The specification has problems.</exception>
    Task<RunId> EnqueueAsync(RunSpec spec);

    /// <summary>Asks a running run to pause.</summary>
    /// <returns>False when it is not running.</returns>
    Task<bool> PauseAsync(RunId id);

    /// <summary>Queues a new run of the specification of another one, with some settings changed.</summary>
    /// <param name="id">The other run.</param>
    /// <param name="changes">Settings (path, text), as in <c>--set</c>.</param>
    /// <exception cref="SpecException">There is no such run, or the specification has problems.</exception>
    Task<RunId> CloneAsync(RunId id, IReadOnlyList<KeyValuePair<string, string>> changes);

    /// <summary>Queues a paused, stopped, interrupted or failed run again; it goes on from its latest checkpoint, or from the start without one.</summary>
    /// <returns>False when it is in no such state.</returns>
    Task<bool> ResumeAsync(RunId id);

    /// <summary>Queues an ended run again, from the start: its checkpoints and all that was recorded go.</summary>
    /// <returns>False when it is queued or running.</returns>
    Task<bool> RestartAsync(RunId id);

    /// <summary>Stops a queued, paused or running run; a running one saves a checkpoint first.</summary>
    /// <returns>False when it has ended already.</returns>
    Task<bool> StopAsync(RunId id);

    /// <summary>Stops a run at once: the worker of a running one is killed, and what it did since its latest checkpoint is done again when it is resumed.</summary>
    /// <returns>False when it has ended already.</returns>
    /// <exception cref="SpecException">The system does not allow to kill the worker.</exception>
    Task<bool> KillAsync(RunId id);

    /// <summary>Deletes an ended run for good, past the trash, with everything that belongs to it: rows, checkpoints, the worker's log.</summary>
    /// <returns>False when it is gone, queued or running.</returns>
    Task<bool> DeleteAsync(RunId id);
}
