using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>A launcher that only notes what it was asked for.</summary>
internal sealed class RecordingLauncher(IRunStore store) : IRunLauncher
{
    /// <summary>What was asked for, in order.</summary>
    public List<string> Calls { get; } = [];

    public Task<RunId> EnqueueAsync(RunSpec spec)
    {
        var run = store.Create(spec);
        Calls.Add($"enqueue {run.Id}");
        return Task.FromResult(run.Id);
    }

    public Task<bool> PauseAsync(RunId id) => NoteAsync($"pause {id}");

    public Task<bool> ResumeAsync(RunId id) => NoteAsync($"resume {id}");

    public Task<RunId> CloneAsync(RunId id, IReadOnlyList<KeyValuePair<string, string>> changes) => throw new NotSupportedException("No page clones runs.");

    public Task<bool> RestartAsync(RunId id) => NoteAsync($"restart {id}");

    public Task<bool> KillAsync(RunId id) => NoteAsync($"kill {id}");

    public Task<bool> StopAsync(RunId id) => NoteAsync($"stop {id}");

    public Task<bool> DeleteAsync(RunId id)
    {
        Calls.Add($"delete {id}");
        return Task.FromResult(store.Delete(id));
    }

    private Task<bool> NoteAsync(string call)
    {
        Calls.Add(call);
        return Task.FromResult(true);
    }
}
