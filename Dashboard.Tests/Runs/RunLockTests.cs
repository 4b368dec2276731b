using System.Diagnostics;
using Crossbench.Datasets;
using Crossbench.Runs;
using Xunit;

namespace Crossbench.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("crossbench-lock-");
    private readonly RunId _id = RunId.New(TimeProvider.System);

    private DataFolder Folder => new(_root.FullName);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void ALock_IsHeldByOne_UntilItIsGivenBack()
    {
        Assert.False(RunLock.IsHeld(Folder, _id));
        using (RunLock.TryTake(Folder, _id))
        {
            Assert.True(RunLock.IsHeld(Folder, _id));
            Assert.Null(RunLock.TryTake(Folder, _id));
            Assert.False(RunLock.IsHeld(Folder, RunId.New(TimeProvider.System)));
        }

        Assert.False(RunLock.IsHeld(Folder, _id));
        using var again = RunLock.TryTake(Folder, _id);
        Assert.NotNull(again);
    }

    [Fact]
    public void Looking_MakesNoFile()
    {
        RunLock.IsHeld(Folder, _id);

        Assert.Empty(_root.EnumerateFileSystemInfos());
    }

    [Fact]
    public void AnAnnouncement_ClaimsTheRun_AndLeavesItsLockFree()
    {
        using var announcement = RunLock.TryAnnounce(Folder, _id);

        Assert.True(RunLock.IsClaimed(Folder, _id));
        Assert.Null(RunLock.TryAnnounce(Folder, _id));
        Assert.False(RunLock.IsHeld(Folder, _id));
    }

    [Fact]
    public async Task AProcessThatIsKilled_GivesItsLockBack()
    {
        Directory.CreateDirectory(Folder.Workers);
        using var holder = Process.Start(new ProcessStartInfo("flock", ["-n", Path.Combine(Folder.Workers, $"{_id}.lock"), "cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await holder.StandardInput.WriteLineAsync("ready");
        await holder.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ready", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.True(RunLock.IsHeld(Folder, _id));

        holder.Kill(entireProcessTree: true);
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(SpinWait.SpinUntil(() => !RunLock.IsHeld(Folder, _id), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task AChildProcess_DoesNotInheritTheLock()
    {
        var held = RunLock.TryTake(Folder, _id);
        using var child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        held!.Dispose();

        Assert.False(RunLock.IsHeld(Folder, _id));

        child.StandardInput.Close();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void AFolderThatCannotBeUsed_IsAnError_NotAHeldLock()
    {
        File.WriteAllText(Folder.Workers, "");

        Assert.ThrowsAny<IOException>(() => RunLock.TryTake(Folder, _id));
    }
}
