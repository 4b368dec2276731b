using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Crossbench.Tests.Runs;

/// <summary>A store of version 1, as the first release wrote it, under this version.</summary>
public sealed class MigrationTests : IDisposable
{
    private const string Completed = "00abcdefgh01";
    private const string Interrupted = "00abcdefgh02";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("crossbench-store-");

    private DataFolder Folder => new(_root.FullName);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void EverythingOfAVersion1Store_IsThere()
    {
        Old();

        using var store = SqliteRunStore.Open(Folder, TimeProvider.System);

        var run = store.Find(new RunId(Completed))!;
        Assert.Equal((RunStatus.Completed, "oak", "sweep night", "two\nlines"), (run.Status, run.Spec.Name, string.Join(' ', run.Spec.Tags), run.Spec.Notes));
        Assert.Equal((5000L, 2.5, 2.75, 99L), (run.Step, run.TrainLoss, run.EvalLoss, run.Parameters));
        var losses = store.ReadSeries(run.Id, "train.loss", -1);
        Assert.Equal(Enumerable.Range(1, 4100).Select(step => (long)step), losses.Steps);
        Assert.Equal(Enumerable.Range(1, 4100).Select(step => 1.0 / step), losses.Values);
        Assert.Equal(2.75, Assert.Single(store.ReadEvaluations(run.Id, -1)).Loss);
        Assert.Equal([new SequenceLoss(0, TokenClass.Plain, 2.75, 8)], store.ReadSequences(run.Id, "held-out", 5000));
        Assert.Equal("checkpoints/step-5000", Assert.Single(store.Checkpoints(run.Id)).Folder);
        Assert.Equal(4, store.ReadLog(run.Id, 0).Count);
        Assert.Equal([1.5f], store.ReadLatestSnapshot(run.Id, "train.loss")!.Values);
        Assert.Equal([Interrupted, Completed], store.Query(new RunQuery()).Runs.Select(found => found.Id.Value));
    }

    [Fact]
    public void TheHistory_IsReadOutOfTheLog_AndNewThingsWork()
    {
        Old();

        using var store = SqliteRunStore.Open(Folder, TimeProvider.System);

        Assert.Equal(
            [(null, RunStatus.Queued, "", 0L), (RunStatus.Queued, RunStatus.Running, "", 0), (RunStatus.Running, RunStatus.Completed, "", 5000)],
            store.History(new RunId(Completed)).Select(change => (change.From, change.To, change.Reason, change.Step)));
        Assert.Equal((RunStatus.Running, RunStatus.Interrupted, "The worker was killed: signal 9.", 7000L), Last(store));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(7000), store.History(new RunId(Interrupted))[^1].At);
        Assert.Equal([Completed], store.Query(new RunQuery { Tag = "night" }).Runs.Select(found => found.Id.Value));
        Assert.True(store.Archive(new RunId(Completed), archived: true));
        Assert.True(store.TryTransition(new RunId(Interrupted), RunStatus.Interrupted, RunStatus.Queued, "Resumed."));
        Assert.Equal(Interrupted, store.NextQueued([], [])!.Id.Value);

        static (RunStatus?, RunStatus, string, long) Last(SqliteRunStore store) => store.History(new RunId(Interrupted))[^1] is var last ? (last.From, last.To, last.Reason, last.At.ToUnixTimeMilliseconds()) : default;
    }

    [Fact]
    public void OldRuns_AreFilteredSortedAndGrouped_AsNewOnes()
    {
        Old();

        using var store = SqliteRunStore.Open(Folder, TimeProvider.System);

        var spec = store.Find(new RunId(Completed))!.Spec;
        var text = FormattableString.Invariant($"seed:{spec.Seed} steps:{spec.Training.Steps} lr:{spec.Training.LearningRate} width:{spec.Shape.Width} layers:{spec.Shape.Layers} batch:{spec.Training.BatchSize} context:{spec.Shape.ContextLength} tag:night");
        Assert.Equal([Completed], store.Query(new RunQuery { Filter = FilterReading.Of(text).OrThrow("filter") }).Runs.Select(found => found.Id.Value));
        Assert.Equal(RunSpecJson.Family(spec), Assert.Single(store.Groups(new RunQuery { Grouping = RunGrouping.Family })).Key);
    }

    [Fact]
    public void AMigrationThatIsKilled_LeavesVersion1_AndTheNextFinishesIt()
    {
        using var connection = Old(keepOpen: true)!;
        StoreSchema.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cache_size = 2");
        using var transaction = connection.BeginTransaction(deferred: false);
        StoreSchema.Execute(connection, Second());
        var copy = new DataFolder(Path.Combine(_root.FullName, "copy"));
        Directory.CreateDirectory(copy.Root);
        foreach (var suffix in (string[])["", "-wal"])
        {
            File.Copy(Folder.StoreFile + suffix, copy.StoreFile + suffix);
        }

        Assert.True(new FileInfo(copy.StoreFile + "-wal").Length > 0);
        using var before = new SqliteConnection($"Data Source={copy.StoreFile};Pooling=false");
        before.Open();
        Assert.Equal(1, StoreSchema.Number(before, "PRAGMA user_version"));
        using var store = SqliteRunStore.Open(copy, TimeProvider.System);
        Assert.Equal(2, store.Query(new RunQuery()).Total);
        Assert.Equal(3, store.History(new RunId(Completed)).Count);
        Assert.Equal(StoreSchema.Version, StoreSchema.Number(before, "PRAGMA user_version"));
    }

    [Fact]
    public void ManyProcessesAtOnce_MigrateOnce()
    {
        Old();

        Parallel.For(0, 8, _ => SqliteRunStore.Open(Folder, TimeProvider.System).Dispose());

        using var store = SqliteRunStore.Open(Folder, TimeProvider.System);
        Assert.Equal(3, store.History(new RunId(Completed)).Count);
    }

    private static string Second()
    {
        using var reader = new StreamReader(typeof(SqliteRunStore).Assembly.GetManifestResourceStream("Schema/002.sql")!);
        return reader.ReadToEnd();
    }

    /// <summary>Two runs of version 1: a completed one with everything, and an interrupted one.</summary>
    private SqliteConnection? Old(bool keepOpen = false)
    {
        var connection = new SqliteConnection($"Data Source={Folder.StoreFile};Pooling=false;Foreign Keys=true");
        connection.Open();
        StoreSchema.Execute(connection, "PRAGMA journal_mode = WAL");
        StoreSchema.Apply(connection, 1);
        var json = RunSpecJson.Write(TestStore.Spec(("name", "oak"), ("tags", "sweep,night"), ("notes", "two\nlines"))).Replace("'", "''", StringComparison.Ordinal);
        StoreSchema.Execute(connection, $"""
            INSERT INTO run (id, name, architecture, dataset, device, search, spec_hash, status, reason, command, created_at, started_at, ended_at, step, parameters, train_loss, eval_loss) VALUES
              ('{Completed}', 'oak', 'gqa', 'sparse_signal', 'cpu', 'oak', 'aa', 'Completed', '', 'None', 1000, 2000, 3000, 5000, 99, 2.5, 2.75),
              ('{Interrupted}', 'elm', 'gqa', 'sparse_signal', 'cpu', 'elm', 'bb', 'Interrupted', 'The worker was killed: signal 9.', 'None', 4000, 5000, 7000, 3, NULL, NULL, NULL);
            INSERT INTO configuration (run, json) VALUES (1, '{json}'), (2, '{json.Replace("\"sweep\",\"night\"", "", StringComparison.Ordinal)}');
            INSERT INTO event (run, at, step, text, is_warning) VALUES
              (1, 1000, 0, 'Queued.', 0), (2, 4000, 0, 'Queued.', 0), (1, 2000, 0, 'Running.', 0), (1, 2100, 0, 'Running late, says a note.', 0), (2, 5000, 0, 'Running.', 0),
              (1, 3000, 5000, 'Completed.', 0), (2, 7000, 3, 'Interrupted: The worker was killed: signal 9.', 1);
            INSERT INTO metric (number, name) VALUES (1, 'train.loss');
            INSERT INTO series (run, metric, tail_count, sealed) VALUES (1, 1, 4, 4096);
            INSERT INTO tail (run, metric, step, value) VALUES (1, 1, 4097, 1.0 / 4097), (1, 1, 4098, 1.0 / 4098), (1, 1, 4099, 1.0 / 4099), (1, 1, 4100, 1.0 / 4100);
            INSERT INTO evaluation_summary (run, step, "set", loss, low, high) VALUES (1, 5000, 'held-out', 2.75, 2.5, 3);
            INSERT INTO evaluation (run, step, "set", sequence, class, loss, tokens) VALUES (1, 5000, 'held-out', 0, 0, 2.75, 8);
            INSERT INTO checkpoint (run, step, folder, bytes, at) VALUES (1, 5000, 'checkpoints/step-5000', 12, 3000);
            INSERT INTO snapshot (run, metric, step, data) VALUES (1, 1, 10, x'0000C03F');
            """);
        var steps = Enumerable.Range(1, 4096).Select(step => (long)step).ToArray();
        using (var chunk = new Statement(connection, "INSERT INTO chunk (run, metric, first, last, n, data, min, max) VALUES (1, 1, 1, 4096, 4096, $1, 0, 1)"))
        {
            chunk.Run(ChunkCodec.Encode(steps, [.. steps.Select(step => 1.0 / step)]));
        }

        if (keepOpen)
        {
            return connection;
        }

        connection.Dispose();
        return null;
    }
}
