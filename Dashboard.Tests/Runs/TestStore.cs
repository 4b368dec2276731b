using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>A real store in a temporary folder.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("crossbench-store-");

    public TestStore()
    {
        Folder = new DataFolder(_root.FullName);
        Store = Reopen();
    }

    public DataFolder Folder { get; }

    public TestClock Clock { get; } = new();

    public SqliteRunStore Store { get; }

    public static RunSpec Spec(params (string Path, string Value)[] settings) => RunSpecReader.Read(
        [new("architecture.id", "gqa"), new("dataset.id", "sparse_signal"), .. settings.Select(setting => KeyValuePair.Create(setting.Path, setting.Value))]).OrThrow();

    public static Measured Point(long step, double value, string metric = "train.loss") => new(step, step, [new MetricPoint(metric, step, value)]);

    /// <summary>A second view of the same file, as another process has it.</summary>
    public SqliteRunStore Reopen() => SqliteRunStore.Open(Folder, Clock);

    public RunId Queued(params (string Path, string Value)[] settings) => Store.Create(Spec(settings)).Id;

    public RunId Running()
    {
        var id = Queued();
        Assert.True(Store.TryTransition(id, RunStatus.Queued, RunStatus.Running, ""));
        return id;
    }

    /// <summary>Keeps everybody from writing until it is disposed, as a program that hangs in the middle of writing does; reading goes on.</summary>
    public IDisposable LockForWriting()
    {
        var other = new SqliteConnection($"Data Source={Folder.StoreFile};Pooling=false");
        other.Open();
        StoreSchema.Execute(other, "BEGIN IMMEDIATE");
        return other;
    }

    public void Dispose()
    {
        Store.Dispose();
        _root.Delete(recursive: true);
    }
}
