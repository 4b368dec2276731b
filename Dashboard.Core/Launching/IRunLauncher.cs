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

    /// <summary>Queues a paused, stopped, interrupted or failed run again; it goes on from its latest checkpoint, or from the start without one.</summary>
    /// <returns>False when it is in no such state.</returns>
    Task<bool> ResumeAsync(RunId id);

    /// <summary>Stops a queued or running run.</summary>
    /// <returns>False when it has ended already.</returns>
    Task<bool> StopAsync(RunId id);

    /// <summary>Deletes an ended run with everything that belongs to it: rows, checkpoints, the worker's log.</summary>
    /// <returns>False when it is gone, queued or running.</returns>
    Task<bool> DeleteAsync(RunId id);
}
