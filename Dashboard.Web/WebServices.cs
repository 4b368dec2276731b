using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Web.Live;
using Crossbench.Web.Suites;

namespace Crossbench.Web;

/// <summary>What the pages need from the core.</summary>
internal static class WebServices
{
    /// <summary>Adds store, change feed, launcher and queue of the data folder. The store is opened here, so that a store which cannot be used ends the start.</summary>
    /// <exception cref="SpecException">The store cannot be used.</exception>
    public static IServiceCollection AddCrossbench(this IServiceCollection services, DataFolder folder, DeviceSlots? slots = null, WorkerPatience? patience = null)
    {
        // Registered by a factory, so that the container closes it at the end.
        var store = SqliteRunStore.Open(folder, TimeProvider.System);
        services.AddSingleton(_ => store);
        services.AddSingleton<IRunStore>(provider => provider.GetRequiredService<SqliteRunStore>());
        services.AddSingleton<ISuiteStore>(provider => provider.GetRequiredService<SqliteRunStore>());
        services.AddSingleton<IStoreUpkeep>(provider => provider.GetRequiredService<SqliteRunStore>());
        services.AddSingleton(new SuiteFolder(folder));
        services.AddSingleton<RunChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<RunChangeFeed>());
        services.AddSingleton<IRunChanges, FeedChanges>();
        services.AddSingleton<IRunLauncher, RunLauncher>();
        services.AddSingleton(slots ?? new DeviceSlots());
        services.AddSingleton(patience ?? new WorkerPatience());
        services.AddHostedService<RunQueue>();
        services.AddHostedService(provider => new TrashCollector(store, folder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TrashCollector>>()));
        return services;
    }

    private sealed class FeedChanges(RunChangeFeed feed) : IRunChanges
    {
        public IDisposable Subscribe(RunId? run, Func<CancellationToken, Task> onChanged) => feed.Subscribe(run, onChanged);
    }
}
