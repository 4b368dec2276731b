using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Xunit;

namespace Crossbench.Tests.Launching;

public sealed class WorkerProcessTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("crossbench worker's $(touch oops) \"");
    private readonly FakeWorkers _workers = new();
    private readonly RunId _id = RunId.New(TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DataFolder Folder => new(_root.FullName);

    public void Dispose()
    {
        _workers.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public async Task AWorker_GetsItsArgumentsAsTheyAre_AndItsOutputGoesIntoTheLog()
    {
        _workers.Script = """printf '%s\n' "$0" "$@"; echo fault >&2; exit 3""";

        var worker = _workers.Start(Folder, _id);
        await worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(3, worker.ExitCode);
        Assert.Equal(["worker", _id.Value, "--data", Folder.Root, "fault"], WorkerProcess.LastLines(Folder, _id, 9));
        Assert.Equal(["fault"], WorkerProcess.LastLines(Folder, _id, 1));
        Assert.Empty(Directory.GetFiles(Folder.Root, "oops", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task AWorker_LeadsASessionOfItsOwn_WithoutATerminal()
    {
        _workers.Script = """cut -d' ' -f1,6,7 /proc/self/stat; readlink /proc/$$/fd/0; echo $$""";

        var worker = _workers.Start(Folder, _id);
        await worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        var lines = WorkerProcess.LastLines(Folder, _id, 3);
        var process = worker.Id.ToString(CultureInfo.InvariantCulture);
        Assert.Equal([process, "0"], lines[0].Split(' ')[1..]);
        Assert.Equal(["/dev/null", process], lines.Skip(1));
    }

    [Fact]
    public async Task AKilledWorker_TellsTheSignal()
    {
        var worker = _workers.Start(Folder, _id);
        Assert.Null(worker.ExitCode);

        worker.Kill();
        await worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(128 + 9, worker.ExitCode);
    }

    [Fact]
    public void NoLog_HasNoLines() => Assert.Empty(WorkerProcess.LastLines(Folder, _id, 5));

    [Fact]
    public void ALongLog_GivesItsEnd()
    {
        Directory.CreateDirectory(Folder.Workers);
        File.WriteAllLines(WorkerProcess.LogFile(Folder, _id), Enumerable.Range(0, 100_000).Select(line => $"line {line}"));

        Assert.Equal(["line 99998", "line 99999"], WorkerProcess.LastLines(Folder, _id, 2));
    }
}
