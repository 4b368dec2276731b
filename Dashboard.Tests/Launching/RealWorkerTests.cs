using System.Diagnostics;
using System.Globalization;
using Crossbench.Launching;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Tests.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests.Launching;

/// <summary>The real program as worker and as server: killed, interrupted, restarted.</summary>
[Trait("Category", "Process")]
public sealed class RealWorkerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteRunStore _store;
    private readonly RunQueue _queue;
    private readonly RunLauncher _launcher;
    private readonly List<Process> _servers = [];
    private WorkerProcess? _worker;

    public RealWorkerTests()
    {
        _store = SqliteRunStore.Open(_folder.Data, TimeProvider.System);
        _launcher = new RunLauncher(_store, _folder.Data);
        _queue = new RunQueue(_store, _folder.Data, new DeviceSlots(), null, TimeProvider.System, new TestLog<RunQueue>(), (folder, id) =>
            _worker = WorkerProcess.Start(folder, id, new WorkerCommand(CrossbenchProcess.Executable, [])));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Kill();
            server.WaitForExit();
            server.Dispose();
        }

        foreach (var run in _store.Query(new RunQuery { Statuses = [RunStatus.Running] }).Runs.Where(run => RunLock.IsHeld(_folder.Data, run.Id)))
        {
            Signal("KILL", $"{run.ProcessId}");
            Wait(() => !RunLock.IsHeld(_folder.Data, run.Id));
        }

        _queue.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task AKilledWorker_LeavesTheRunInterrupted_AndItGoesOnWithTheVerySameNumbers()
    {
        var id = await _launcher.EnqueueAsync(Endless());
        _queue.Look();
        WaitForStep(id, 60);

        Signal("KILL", $"{_worker!.Id}");
        await _worker.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        _queue.Look();

        var killed = _store.Find(id)!;
        Assert.Equal((RunStatus.Interrupted, $"The worker was killed (signal 9) at step {killed.Step}."), (killed.Status, killed.Reason));
        var before = Losses(id);
        Assert.Equal(Enumerable.Range(1, (int)killed.Step).Select(step => (long)step), before.Steps);

        Assert.True(await _launcher.ResumeAsync(id));
        _queue.Look();
        WaitForStep(id, killed.Step + 20);
        var after = Losses(id);
        Assert.Equal(before.Values, after.Values.Take(before.Count));
        Assert.Contains(_store.ReadLog(id, 0), line => line.Text.StartsWith("Training goes on at step", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_IsAcknowledgedWithinTwoSeconds_AndTheSlotIsFree()
    {
        var id = await _launcher.EnqueueAsync(Endless());
        _queue.Look();
        WaitForStep(id, 5);
        var watch = Stopwatch.StartNew();

        Assert.True(await _launcher.StopAsync(id));
        Wait(() => _store.Find(id)!.Status != RunStatus.Running);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(RunStatus.Stopped, _store.Find(id)!.Status);
        await _worker!.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(4, _worker.ExitCode);
        Assert.Equal(_store.Find(id)!.Step, _store.Checkpoints(id)[^1].Step);
        Assert.True(_store.TryLease(_store.Create(Endless()).Id, "cpu", 1, _ => true));
    }

    [Fact]
    public async Task NeitherCtrlCNorAKill_OfTheServer_EndsAWorker_AndTheNextServerAdoptsIt()
    {
        var id = await _launcher.EnqueueAsync(Endless());
        var first = await ServeAsync();
        WaitForStep(id, 5);
        var worker = _store.Find(id)!.ProcessId!.Value;

        Signal("INT", $"-{first.Id}");
        await first.WaitForExitAsync(Cancellation);
        WaitForStep(id, _store.Find(id)!.Step + 5);

        var second = await ServeAsync();
        second.Kill();
        await second.WaitForExitAsync(Cancellation);
        WaitForStep(id, _store.Find(id)!.Step + 5);

        await ServeAsync();
        WaitForStep(id, _store.Find(id)!.Step + 5);
        Assert.Equal((RunStatus.Running, worker), (_store.Find(id)!.Status, _store.Find(id)!.ProcessId));
        Signal("KILL", $"{worker}");
        Wait(() => _store.Find(id)!.Status == RunStatus.Interrupted);
        Assert.StartsWith("The worker ended without saying why at step", _store.Find(id)!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatACommandPrinted_HalfASecondBeforeItWasKilled_IsInTheStore()
    {
        using var command = Process.Start(new ProcessStartInfo(CrossbenchProcess.Executable, ["train", "--json", "--data", _folder.Path, .. Settings().SelectMany(pair => new[] { "--set", $"{pair.Key}={pair.Value}" })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var watch = Stopwatch.StartNew();
        var printed = new List<(TimeSpan At, string Line)>();
        while (printed.Count < 400 && await command.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            printed.Add((watch.Elapsed, line));
        }

        command.Kill();
        var end = watch.Elapsed;
        await command.WaitForExitAsync(Cancellation);
        _queue.Look();

        var run = Assert.Single(_store.Query(new RunQuery()).Runs);
        Assert.Equal(RunStatus.Interrupted, run.Status);
        var due = printed.Count(line => line.At < end - TimeSpan.FromMilliseconds(500) && line.Line.Contains("\"measured\"", StringComparison.Ordinal));
        Assert.InRange(Losses(run.Id).Count, Math.Max(due, 1), int.MaxValue);
        Assert.Equal(run.Step, Losses(run.Id).Count);
    }

    private static void Wait(Func<bool> reached) => Assert.True(SpinWait.SpinUntil(reached, TimeSpan.FromSeconds(60)));

    private static void Signal(string name, string process)
    {
        using var kill = Process.Start("kill", [$"-{name}", "--", process]);
        kill.WaitForExit();
    }

    private static RunSpec Endless() => TestStore.Spec([.. Settings().Select(pair => (pair.Key, pair.Value))]);

    private static Dictionary<string, string> Settings() => new()
    {
        ["dataset.id"] = "sparse_signal",
        ["shape.layers"] = "1",
        ["shape.width"] = "16",
        ["shape.ffn"] = "24",
        ["shape.contextLength"] = "16",
        ["shape.vocabulary"] = "64",
        ["training.threads"] = "1",
        ["training.batchSize"] = "2",
        ["training.steps"] = 1_000_000.ToString(CultureInfo.InvariantCulture),
        ["training.checkpointEvery"] = "25",
        ["training.evaluationSequences"] = "4",
    };

    private MetricSeries Losses(RunId id) => _store.ReadSeries(id, TrainingMetrics.TrainLoss.Name, -1);

    private void WaitForStep(RunId id, long step) => Wait(() => _store.Find(id) switch
    {
        { Status: RunStatus.Running or RunStatus.Queued } run => run.Step >= step,
        var run => throw new InvalidOperationException($"The run is {run?.Status}: {run?.Reason}"),
    });

    /// <summary>A server that leads a process group of its own, as under a shell.</summary>
    private async Task<Process> ServeAsync()
    {
        var server = Process.Start(new ProcessStartInfo("setsid", [CrossbenchProcess.Executable, "serve", "--port", "0", "--data", _folder.Path]) { RedirectStandardOutput = true })!;
        _servers.Add(server);
        Assert.Contains("http://", await server.StandardOutput.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        return server;
    }
}
