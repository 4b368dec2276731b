using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>A worker that this process started, and the announcement that stands until the worker holds the run's lock itself.</summary>
internal sealed class StartedWorker(RunId id, WorkerProcess process, RunLock announcement, long startedAt) : IDisposable
{
    public RunId Id => id;

    public WorkerProcess Process => process;

    /// <summary>Timestamp of the start.</summary>
    public long StartedAt => startedAt;

    /// <summary>True once the worker was seen to hold the run's lock.</summary>
    public bool HasBegun { get; private set; }

    public void Begin()
    {
        HasBegun = true;
        announcement.Dispose();
    }

    public void Dispose()
    {
        announcement.Dispose();
        process.Dispose();
    }
}
