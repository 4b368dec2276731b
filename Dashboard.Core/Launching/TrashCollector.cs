using Crossbench.Datasets;
using Crossbench.Runs;
using Microsoft.Extensions.Hosting;

namespace Crossbench.Launching;

/// <summary>Deletes runs for good once they have lain in the trash for <see cref="RunTrash.Kept"/>; looks at the start and every hour.</summary>
public sealed class TrashCollector(IRunStore store, DataFolder folder, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            // On a thread of its own, so that a large run does not hold up the start.
            await Task.Run(() => RunTrash.Empty(store, folder, time.GetUtcNow() - RunTrash.Kept), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
