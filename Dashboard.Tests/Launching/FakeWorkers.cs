using System.Diagnostics;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;

namespace Crossbench.Tests.Launching;

/// <summary>
/// Real processes that stand in for workers: shell scripts, which see the run as <c>$1</c> and the data folder as <c>$3</c>. All are ended with the test.
/// </summary>
internal sealed class FakeWorkers : IDisposable
{
    /// <summary>Takes the run's lock as a worker does, says so, and lives until it is killed.</summary>
    public const string Lives = """exec 9>"$3/workers/$1.lock"; flock 9; echo "has the lock"; exec sleep 600""";

    private readonly List<WorkerProcess> _started = [];

    /// <summary>Handles of our own, since a queue closes those it was given.</summary>
    private readonly List<Process> _processes = [];

    public string Script { get; set; } = Lives;

    public IReadOnlyList<WorkerProcess> Started => _started;

    public WorkerProcess Start(DataFolder folder, RunId id)
    {
        var worker = WorkerProcess.Start(folder, id, new WorkerCommand("/bin/sh", ["-c", Script]));
        _started.Add(worker);
        try
        {
            _processes.Add(Process.GetProcessById(worker.Id));
        }
        catch (ArgumentException)
        {
            // A short script has ended already.
        }

        return worker;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
    }
}
