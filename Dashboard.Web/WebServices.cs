using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Web.Live;

namespace Crossbench.Web;

/// <summary>What the pages need from the core.</summary>
internal static class WebServices
{
    /// <summary>Adds store, change feed, launcher and queue of the data folder.</summary>
    public static IServiceCollection AddCrossbench(this IServiceCollection services)
    {
        services.AddSingleton(provider => SqliteRunStore.Open(provider.GetRequiredService<DataFolder>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRunStore>(provider => provider.GetRequiredService<SqliteRunStore>());
        services.AddSingleton<IRunChanges, NoChanges>();
        services.AddSingleton<Launching.IRunLauncher, NoLauncher>();
        return services;
    }

    private sealed class NoChanges : IRunChanges, IDisposable
    {
        public IDisposable Subscribe(RunId? run, Func<CancellationToken, Task> onChanged) => new NoChanges();

        public void Dispose()
        {
        }
    }

    private sealed class NoLauncher(IRunStore store) : Launching.IRunLauncher
    {
        public Task<RunId> EnqueueAsync(Training.RunSpec spec) => Task.FromResult(store.Create(spec).Id);

        public Task<bool> PauseAsync(RunId id) => Task.FromResult(false);

        public Task<bool> ResumeAsync(RunId id) => Task.FromResult(false);

        public Task<bool> StopAsync(RunId id) => Task.FromResult(false);
    }
}
