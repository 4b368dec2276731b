using Crossbench.Runs.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crossbench.Runs;

/// <summary>
/// Tells subscribers that runs have changed, whichever process changed them. There is no payload: a subscriber reads again, after its own cursor. The first
/// change is told at once, later ones at most five times a second for each subscriber; the last change is always told.
/// </summary>
/// <param name="store">The store to watch.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets the faults of subscribers.</param>
public sealed class RunChangeFeed(SqliteRunStore store, TimeProvider time, ILogger<RunChangeFeed> logger) : BackgroundService
{
    private readonly Lock _lock = new();
    private readonly List<RunSubscription> _subscriptions = [];

    /// <summary>Time between two looks at the store.</summary>
    public static TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Least time between two calls of one subscriber.</summary>
    public static TimeSpan CallInterval { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks to be told of changes from now on. Subscribe first, then read: nothing is missed.</summary>
    /// <param name="run">The run of interest, heartbeats excluded; null for any change of the store.</param>
    /// <param name="onChanged">Called on the thread pool, never twice at a time; the token ends with the subscription. A fault is logged and changes nothing else.</param>
    /// <returns>Ends the subscription when disposed of.</returns>
    public IDisposable Subscribe(RunId? run, Func<CancellationToken, Task> onChanged)
    {
        var subscription = new RunSubscription(run, onChanged, CallInterval, time, logger, Remove);
        lock (_lock)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var detector = new ChangeDetector(store.Database);
        using var timer = new PeriodicTimer(PollInterval, time);
        var failing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Look(detector);
                failing = false;
            }
            catch (RunStoreException fault)
            {
                if (!failing)
                {
                    logger.LogError("Changes of runs cannot be seen at present. {Reason}", fault.Message);
                }

                failing = true;
            }
        }
    }

    private void Look(ChangeDetector detector)
    {
        if (!detector.HasChanged())
        {
            return;
        }

        RunSubscription[] subscriptions;
        lock (_lock)
        {
            subscriptions = [.. _subscriptions];
        }

        foreach (var subscription in subscriptions)
        {
            if (subscription.Run is not { } run || subscription.Sees(detector.Revision(run)))
            {
                subscription.Tell();
            }
        }
    }

    private void Remove(RunSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }
}
