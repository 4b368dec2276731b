using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

public sealed class RunLauncherTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteRunStore _store;
    private readonly RunLauncher _launcher;

    public RunLauncherTests()
    {
        _store = SqliteRunStore.Open(_folder.Data, TimeProvider.System);
        _launcher = new RunLauncher(_store, _folder.Data);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Delete_RemovesAnEndedRunWithItsFiles_AndNoOther()
    {
        var (ended, other) = (await EnqueueAsync(), await EnqueueAsync());
        foreach (var id in new[] { ended, other })
        {
            Directory.CreateDirectory(Path.Combine(_folder.Data.CheckpointsOf(id.Value), "step-00000001"));
            Directory.CreateDirectory(_folder.Data.Workers);
            File.WriteAllText(WorkerProcess.LogFile(_folder.Data, id), "log");
        }

        Assert.False(await _launcher.DeleteAsync(ended));
        Assert.True(Directory.Exists(_folder.Data.CheckpointsOf(ended.Value)));
        await _launcher.StopAsync(ended);
        Assert.True(await _launcher.DeleteAsync(ended));
        Assert.Null(_store.Find(ended));
        Assert.False(Directory.Exists(_folder.Data.CheckpointsOf(ended.Value)));
        Assert.False(File.Exists(WorkerProcess.LogFile(_folder.Data, ended)));
        Assert.True(Directory.Exists(_folder.Data.CheckpointsOf(other.Value)));
        Assert.True(File.Exists(WorkerProcess.LogFile(_folder.Data, other)));
    }

    private Task<RunId> EnqueueAsync() => _launcher.EnqueueAsync(RunSpecReader.Read([]).OrThrow());
}
