using System.Diagnostics;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>The real program in trouble: workers that hang, steps that are long, disks that are full or cannot be written, a second server.</summary>
[Trait("Category", "Process")]
public sealed class FaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AWorkerThatHangs_IsNamedInRowAndLog_AndKilledOnRequest_AndGoesOnWithTheSameNumbers()
    {
        using var real = new RealRuns();
        using var queue = real.Queue(new WorkerPatience { Silence = TimeSpan.FromSeconds(4) });
        var id = await real.Launcher.EnqueueAsync(RealRuns.Spec());
        queue.Look();
        real.WaitForStep(id, 60);
        var worker = real.Store.Find(id)!.ProcessId!.Value;

        RealRuns.Signal("STOP", worker);
        var watch = Stopwatch.StartNew();
        RealRuns.Wait(() => Looked(queue) && real.Store.Find(id)!.Reason.Contains($"The worker (process {worker}) has given no sign of life", StringComparison.Ordinal));
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.5, 15);
        Assert.Contains(real.Store.ReadLog(id, 0), line => line.IsWarning && line.Text.Contains($"stop {id} --now", StringComparison.Ordinal));
        RealRuns.Signal("CONT", worker);
        RealRuns.Wait(() => Looked(queue) && real.Store.Find(id)!.Reason == "The worker gives signs of life again.");

        RealRuns.Signal("STOP", worker);
        var step = real.Store.Find(id)!.Step;
        var before = real.Store.ReadSeries(id, TrainingMetrics.TrainLoss.Name, -1);
        Assert.True(await real.Launcher.KillAsync(id));
        Assert.Equal(RunStatus.Stopped, real.Store.Find(id)!.Status);
        Assert.EndsWith("it was asked to stop at once.", real.Store.Find(id)!.Reason, StringComparison.Ordinal);
        RealRuns.Wait(() => Looked(queue) && real.Workers().Count == 0);

        Assert.True(await real.Launcher.ResumeAsync(id));
        queue.Look();
        real.WaitForStep(id, step + 20);
        Assert.Equal(before.Values, real.Store.ReadSeries(id, TrainingMetrics.TrainLoss.Name, -1).Values.Take(before.Count));
    }

    [Fact]
    public async Task AStopDuringALongStep_IsAcknowledgedWithinTwoSeconds_AndAKillAfterTheDeadlineSaysSo()
    {
        using var real = new RealRuns();
        using var queue = real.Queue(new WorkerPatience { End = TimeSpan.FromSeconds(4) });
        var id = await real.Launcher.EnqueueAsync(RealRuns.Spec(
            ("shape.layers", "12"), ("shape.width", "768"), ("shape.ffn", "3072"), ("shape.contextLength", "512"), ("training.batchSize", "64")));
        queue.Look();
        RealRuns.Wait(() => real.Store.ReadLog(id, 0).Any(line => line.Text.StartsWith("Training begins", StringComparison.Ordinal)), seconds: 120);
        var watch = Stopwatch.StartNew();

        Assert.True(await real.Launcher.StopAsync(id));
        RealRuns.Wait(() => real.Store.Find(id)!.Reason == "Stop was asked for; ends after this step.");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
        Assert.Contains(real.Store.ReadLog(id, 0), line => line.Text == "Stop was asked for; ends after this step.");

        RealRuns.Wait(() => Looked(queue) && real.Store.Find(id)!.Status != RunStatus.Running);
        Assert.Equal((RunStatus.Stopped, "The worker was killed at step 0: it went on for 4 s after it was asked to stop."), (real.Store.Find(id)!.Status, real.Store.Find(id)!.Reason));
    }

    [Fact]
    public async Task AStopWithoutAServer_IsDoneByTheWorker()
    {
        using var real = new RealRuns();
        await real.ServeAsync();
        var id = await real.Launcher.EnqueueAsync(RealRuns.Spec());
        real.WaitForStep(id, 30);
        real.Server!.Kill();
        await real.Server.WaitForExitAsync(Cancellation);

        Assert.True(await real.Launcher.PauseAsync(id));
        RealRuns.Wait(() => real.Store.Find(id)!.Status == RunStatus.Paused);

        await real.ServeAsync();
        Assert.Equal(RunStatus.Paused, real.Store.Find(id)!.Status);
        Assert.Equal(0, (await CommandAsync(real, "resume", id.Value)).Code);
        real.WaitForStep(id, real.Store.Find(id)!.Step + 20);
        var stop = await CommandAsync(real, "stop", id.Value, "--now");
        Assert.True(stop.Code == 0, stop.Errors);
        Assert.Contains("it was asked to stop at once", stop.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondServer_IsRefused_AndToldWhereTheFirstIs_WhoseEndLeavesNoObstacle()
    {
        using var real = new RealRuns();
        await real.ServeAsync();
        var first = real.Server!;

        var second = await CommandAsync(real, "serve", "--port", "0");

        Assert.Equal((2, ""), (second.Code, second.Output));
        Assert.Contains($"Another Crossbench (process {first.Id}) serves the data folder {real.Folder.Root} at http://127.0.0.1:", second.Errors, StringComparison.Ordinal);
        Assert.Contains("--data FOLDER", second.Errors, StringComparison.Ordinal);
        first.Kill();
        await first.WaitForExitAsync(Cancellation);
        await real.ServeAsync();
    }

    [Fact]
    public async Task AFullDisk_PausesTheRun_WhichGoesOnWithoutAHole_OnceThereIsRoom()
    {
        using var place = new TempFolder();
        using var disk = SmallDisk.TryMount(place.File("disk"), 48 * 1024, out var reason);
        Assert.SkipWhen(disk is null, reason);
        using var real = new RealRuns(disk!.Path);
        using var queue = real.Queue();
        var id = await real.Launcher.EnqueueAsync(RealRuns.Spec(("training.checkpointEvery", "400")));
        queue.Look();
        real.WaitForStep(id, 500);

        FillUp(disk);
        RealRuns.Wait(() => Looked(queue) && real.Store.Find(id)!.Status != RunStatus.Running, seconds: 120);

        var paused = real.Store.Find(id)!;
        Assert.True(paused.Status == RunStatus.Paused, $"{paused.Status}: {paused.Reason}");
        Assert.Contains("is full", paused.Reason, StringComparison.Ordinal);
        Assert.Empty(real.Store.Check(quick: false));
        disk.Free();
        Assert.True(await real.Launcher.ResumeAsync(id));
        RealRuns.Wait(() => Looked(queue) && real.Store.Find(id)!.Status == RunStatus.Running);
        real.WaitForStep(id, paused.Step + 50);
        var losses = real.Store.ReadSeries(id, TrainingMetrics.TrainLoss.Name, -1);
        Assert.Equal(Enumerable.Range(1, losses.Count).Select(step => (long)step), losses.Steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AStoreThatCannotBeWritten_IsRead_AndEverythingElseSaysWhatToDo(bool afterAKill)
    {
        using var place = new TempFolder();
        using var disk = SmallDisk.TryMount(place.File("disk"), 16 * 1024, out var reason);
        Assert.SkipWhen(disk is null, reason);
        RunId id;
        using (var real = new RealRuns(disk!.Path))
        {
            id = await real.Launcher.EnqueueAsync(RealRuns.Spec(("name", "oak")));
            if (afterAKill)
            {
                Directory.CreateDirectory(place.File("left"));
                Array.ForEach(Directory.GetFiles(disk.Path), file => File.Copy(file, Path.Combine(place.File("left"), Path.GetFileName(file))));
            }
        }

        if (afterAKill)
        {
            Array.ForEach(Directory.GetFiles(place.File("left")), file => File.Copy(file, Path.Combine(disk.Path, Path.GetFileName(file)), overwrite: true));
        }

        using (var mount = Process.Start("mount", ["-o", "remount,ro", disk.Path]))
        {
            await mount.WaitForExitAsync(Cancellation);
            Assert.SkipWhen(mount.ExitCode != 0, "The small disk cannot be made read-only here.");
        }

        var list = await CrossbenchProcess.RunAsync(place, "runs", "--data", disk.Path);
        Assert.True(list.Code == 0, list.Errors);
        Assert.Contains("oak", list.Output, StringComparison.Ordinal);
        Assert.Contains("cannot be written; it is only read.", list.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await CrossbenchProcess.RunAsync(place, "runs", "show", id.Value, "--data", disk.Path)).Code);
        foreach (var command in (string[][])[["stop", "oak"], ["runs", "tag", "oak", "+x"], ["serve", "--port", "0"]])
        {
            var (code, output, errors) = await CrossbenchProcess.RunAsync(place, [.. command, "--data", disk.Path]);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains("--data FOLDER", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        }
    }

    private static void FillUp(SmallDisk disk)
    {
        try
        {
            disk.Fill(left: 0);
        }
        catch (IOException full) when (full.HResult == 28)
        {
            // The run takes from the same room meanwhile.
        }
    }

    /// <summary>Lets the queue do what is due, as its timer does.</summary>
    private static bool Looked(RunQueue queue)
    {
        try
        {
            queue.Look();
        }
        catch (RunStoreException)
        {
            // A full disk, for the queue as for the worker: it looks again.
        }

        return true;
    }

    private static async Task<(int Code, string Output, string Errors)> CommandAsync(RealRuns real, params string[] arguments)
    {
        using var place = new TempFolder();
        return await CrossbenchProcess.RunAsync(place, [.. arguments, "--data", real.Folder.Root]);
    }
}
