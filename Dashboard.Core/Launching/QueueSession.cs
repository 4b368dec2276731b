using System.Collections.Concurrent;
using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Microsoft.Extensions.Logging;

namespace Crossbench.Launching;

/// <summary>
/// Serves the queue while a command runs, for as long as no process serves the data folder with its pages: it begins when there is none or when that one ends, and
/// leaves the queue to one that comes. Locks and leases see to it that each run is started once; a worker goes on whoever started it.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="folder">The data folder.</param>
/// <param name="slots">Slots of the devices.</param>
/// <param name="time">The clock.</param>
/// <param name="logs">Get warnings.</param>
public sealed class QueueSession(SqliteRunStore store, DataFolder folder, DeviceSlots slots, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<RunId, bool> _started = new();
    private RunQueue? _queue;
    private RunChangeFeed? _feed;
    private long? _looked;

    /// <summary>Whether this session serves the queue now.</summary>
    public bool IsServing => _queue is not null;

    /// <summary>Begins or ends to serve, as is due; looks once a second however often it is called.</summary>
    public async Task LookAsync()
    {
        if (_looked is { } before && time.GetElapsedTime(before) < LookInterval)
        {
            return;
        }

        _looked = time.GetTimestamp();
        var isServed = FolderLock.IsServed(folder);
        if (isServed && IsServing)
        {
            await EndAsync();
        }
        else if (!isServed && !IsServing)
        {
            await BeginAsync();
        }
    }

    /// <summary>Ends to serve, and pauses the runs whose workers this session started, unless another process serves them now.</summary>
    /// <param name="patience">How long to wait for them; a run that has not paused by then goes on.</param>
    /// <returns>The runs that were asked to pause.</returns>
    public async Task<IReadOnlyList<RunRecord>> PauseAsync(TimeSpan patience)
    {
        var wasServing = IsServing;
        await EndAsync();
        var asked = wasServing ? _started.Keys.Where(id => store.Request(id, RunCommand.Pause)).ToArray() : [];
        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(RunHost.PollInterval, time);
        while (asked.Any(id => store.Find(id)?.Status == RunStatus.Running) && time.GetElapsedTime(begun) < patience)
        {
            await timer.WaitForNextTickAsync();
        }

        return [.. asked.Select(store.Find).OfType<RunRecord>()];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task BeginAsync()
    {
        _feed = new RunChangeFeed(store, time, logs.CreateLogger<RunChangeFeed>());
        _queue = new RunQueue(store, folder, slots, _feed, time, logs.CreateLogger<RunQueue>(), Start);
        await _feed.StartAsync(CancellationToken.None);
        await _queue.StartAsync(CancellationToken.None);
    }

    private async Task EndAsync()
    {
        if (_queue is null || _feed is null)
        {
            return;
        }

        await _queue.StopAsync(CancellationToken.None);
        await _feed.StopAsync(CancellationToken.None);
        _queue.Dispose();
        _feed.Dispose();
        (_queue, _feed) = (null, null);
    }

    private WorkerProcess Start(DataFolder data, RunId id)
    {
        _started[id] = true;
        return WorkerProcess.Start(data, id);
    }
}
