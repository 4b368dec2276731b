using Crossbench.Datasets;
using Crossbench.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crossbench.Launching;

/// <summary>
/// Deletes runs for good once they have lain in the trash for <see cref="RunTrash.Kept"/>; looks at the start and every hour. What cannot be removed now is
/// told once and tried again at the next look.
/// </summary>
public sealed class TrashCollector(IRunStore store, DataFolder folder, TimeProvider time, ILogger<TrashCollector> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private string _lastFault = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            // On a thread of its own, so that a large run does not hold up the start.
            await Task.Run(Look, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Look()
    {
        try
        {
            Tell([.. RunTrash.Empty(store, folder, time.GetUtcNow() - RunTrash.Kept).Faults.Select(fault => fault.Reason)]);
        }
        catch (Exception fault) when (fault is RunStoreException or IOException or UnauthorizedAccessException)
        {
            Tell([fault.Message]);
        }
    }

    /// <summary>Logs faults that may last, once.</summary>
    private void Tell(string[] faults)
    {
        var all = string.Join(' ', faults);
        if (all.Length > 0 && all != _lastFault)
        {
            logger.LogError("The trash cannot be emptied at present. {Reason}", all);
        }

        _lastFault = all;
    }
}
