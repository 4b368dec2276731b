using System.Threading.Channels;
using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Training;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crossbench.Launching;

/// <summary>
/// Serves the queue that the store is: starts a worker for the oldest queued run of each device with a free slot, and looks after running ones, its own and
/// those that an earlier process started. A run whose lock is held has a living worker; a running one whose lock is free has lost it and is interrupted.
/// </summary>
/// <remarks>
/// From queued to running: the queue announces the run (a lock of its own), takes the lease and starts the worker; the worker takes the run's lock, looks
/// at the lease and only then marks the run running. So at no time does a run look running without a lock being held, and whoever dies on the way leaves
/// it queued.
/// </remarks>
public sealed partial class RunQueue : BackgroundService
{
    private readonly IRunStore _store;
    private readonly DataFolder _folder;
    private readonly DeviceSlots _slots;
    private readonly TimeProvider _time;
    private readonly ILogger<RunQueue> _logger;
    private readonly RunChangeFeed? _feed;
    private readonly Func<DataFolder, RunId, WorkerProcess> _start;
    private readonly Dictionary<RunId, StartedWorker> _workers = [];
    private readonly HashSet<RunId> _adopted = [];
    private readonly WorkerWatch _watch;
    private string? _lastFault;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Creates the service.</summary>
    /// <param name="store">The store.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="slots">Slots of the devices.</param>
    /// <param name="feed">Wakes the queue when something changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets starts, ends and warnings.</param>
    /// <param name="patience">How long it waits for workers.</param>
    public RunQueue(IRunStore store, DataFolder folder, DeviceSlots slots, RunChangeFeed feed, TimeProvider time, ILogger<RunQueue> logger, WorkerPatience patience)
        : this(store, folder, slots, feed, time, logger, WorkerProcess.Start, patience)
    {
    }

    internal RunQueue(
        IRunStore store, DataFolder folder, DeviceSlots slots, RunChangeFeed? feed, TimeProvider time, ILogger<RunQueue> logger, Func<DataFolder, RunId, WorkerProcess> start,
        WorkerPatience? patience = null)
    {
        (_store, _folder, _slots, _feed, _time, _logger, _start) = (store, folder, slots, feed, time, logger, start);
        _watch = new WorkerWatch(patience ?? new WorkerPatience(), time);
    }

    /// <summary>Time between two looks when nothing changes.</summary>
    public static TimeSpan LookInterval { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Time that a new worker has to take its run's lock.</summary>
    public static TimeSpan StartDeadline { get; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var worker in _workers.Values)
        {
            worker.Dispose();
        }

        base.Dispose();
    }

    /// <summary>Looks once at workers, running runs and queued runs, and does what is due.</summary>
    internal void Look()
    {
        foreach (var worker in _workers.Values.ToList())
        {
            LookAfter(worker);
        }

        LookAfterRunning();
        StartQueued();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = _feed?.Subscribe(null, _ => WakeAsync());
        using var timer = _time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, TimeSpan.Zero, LookInterval);
        await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                Look();
                _lastFault = null;
            }
            catch (Exception fault) when (fault is RunStoreException or IOException or UnauthorizedAccessException)
            {
                // The disk may be full or the store locked for a while; workers go on meanwhile.
                Tell(fault);
            }
        }
    }

    /// <summary>Logs a fault that may last, once.</summary>
    private void Tell(Exception fault)
    {
        if (_lastFault != fault.Message)
        {
            _lastFault = fault.Message;
            _logger.LogError("The queue of runs cannot be served at present. {Reason}", fault.Message);
        }
    }

    private Task WakeAsync()
    {
        _wake.Writer.TryWrite(true);
        return Task.CompletedTask;
    }

    private void StartQueued()
    {
        var busy = new HashSet<string>();
        var passed = _workers.Keys.ToHashSet();
        while (_store.NextQueued(busy, passed) is { } run)
        {
            passed.Add(run.Id);
            var device = ComputeDevice.Canonical(run.Spec.Training.Device);
            if (RunLock.IsClaimed(_folder, run.Id) || RunLock.TryAnnounce(_folder, run.Id) is not { } announcement)
            {
                continue;
            }

            if (TryLease(run.Id, device, announcement))
            {
                Start(run.Id, announcement);
            }
            else
            {
                busy.Add(device);
            }
        }
    }

    /// <summary>Takes a slot for an announced run; without one, whatever the reason, the run is not announced any more.</summary>
    private bool TryLease(RunId id, string device, RunLock announcement)
    {
        var isLeased = false;
        try
        {
            return isLeased = _store.TryLease(id, device, _slots.Of(device), IsAlive);
        }
        finally
        {
            if (!isLeased)
            {
                announcement.Dispose();
            }
        }
    }

    private bool IsAlive(RunId id) => _workers.ContainsKey(id) || RunLock.IsClaimed(_folder, id);

    private void Start(RunId id, RunLock announcement)
    {
        try
        {
            var process = _start(_folder, id);
            _workers.Add(id, new StartedWorker(id, process, announcement, _time.GetTimestamp()));
            process.Exited.ContinueWith(_ => _wake.Writer.TryWrite(true), TaskScheduler.Default);
            _logger.LogInformation("Worker {Process} is started for run {Run}.", process.Id, id);
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            announcement.Dispose();
            _store.TryTransition(id, RunStatus.Queued, RunStatus.Failed, $"No worker could be started: {fault.Message}");
            _store.ReleaseLease(id);
        }
    }
}
