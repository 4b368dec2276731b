using System.Collections.Concurrent;
using Crossbench.Datasets;
using Crossbench.Training;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// The run store in one SQLite file that the web process, workers and commands share. Entities go through EF Core, metrics through prepared statements on
/// one held connection. Safe from any thread.
/// </summary>
public sealed partial class SqliteRunStore : IRunStore, IDisposable
{
    /// <summary>Seconds to wait for another program's lock before saying so.</summary>
    private const int Patience = 5;

    private readonly StoreDatabase _database;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<RunId, (long Edition, RunSpec Spec)> _specs = new();
    private readonly Lock _appending = new();
    private EventWriter? _writer;

    private SqliteRunStore(StoreDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>The store file.</summary>
    public string File => _database.File;

    /// <summary>Whether it can only be read.</summary>
    public bool IsReadOnly => _database.IsReadOnly;

    internal StoreDatabase Database => _database;

    /// <summary>Opens the store of a data folder; makes folder and file when they are missing and brings an older schema up to date.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SpecException">Folder or file cannot be used: not writable, locked, damaged, of a later version, of another program.</exception>
    public static SqliteRunStore Open(DataFolder folder, TimeProvider time) => Open(folder, time, Patience);

    /// <summary>Opens the store for reading: as ever where it can be written, else without a write to it or beside it.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SpecException">It cannot be used at all.</exception>
    public static SqliteRunStore OpenToRead(DataFolder folder, TimeProvider time)
    {
        try
        {
            return Open(folder, time);
        }
        catch (SpecException unusable) when (System.IO.File.Exists(folder.StoreFile))
        {
            var database = new StoreDatabase(folder.StoreFile, Patience, readOnly: true);
            try
            {
                database.Prepare(StoreSchema.Version);
                return new SqliteRunStore(database, time);
            }
            catch (SpecException still)
            {
                database.Dispose();
                throw new SpecException([.. unusable.Problems.Concat(still.Problems).Distinct()]);
            }
        }
    }

    /// <summary>Opens the store with its own patience for other programs' locks, in seconds.</summary>
    internal static SqliteRunStore Open(DataFolder folder, TimeProvider time, int patience)
    {
        var database = new StoreDatabase(folder.StoreFile, patience);
        database.Prepare(StoreSchema.Version);
        return new SqliteRunStore(database, time);
    }

    /// <inheritdoc/>
    public RunRecord Create(RunSpec spec) => Create(spec, RunId.New(_time));

    /// <inheritdoc/>
    public RunRecord Create(RunSpec spec, RunId id)
    {
        var row = Row(spec, id, null, null);
        _database.Write(context =>
        {
            Insert(context, [row], [spec]);
            return true;
        });
        return ToRecord(row, spec, null);
    }

    /// <inheritdoc/>
    public RunRecord? Find(RunId id) => _database.Read(context =>
    {
        var row = context.Runs.SingleOrDefault(run => run.Id == id.Value);
        return row is null ? null : ToRecords(context, [row]).SingleOrDefault();
    });

    /// <inheritdoc/>
    public bool Delete(RunId id) => _database.Write(context =>
    {
        _specs.TryRemove(id, out _);
        return context.Runs.IgnoreQueryFilters().Where(run => run.Id == id.Value && run.Status != RunStatus.Queued && run.Status != RunStatus.Running).ExecuteDelete() > 0;
    });

    /// <inheritdoc/>
    public bool Purge(RunId id, DateTimeOffset deletedBy)
    {
        var by = deletedBy.ToUnixTimeMilliseconds();
        return _database.Write(context =>
        {
            _specs.TryRemove(id, out _);
            return context.Runs.IgnoreQueryFilters().Where(run => run.Id == id.Value && run.DeletedAt <= by).ExecuteDelete() > 0;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_appending)
        {
            _writer?.Dispose();
            _writer = null;
        }

        _database.Dispose();
    }

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    /// <summary>The row of a new run.</summary>
    private RunRow Row(RunSpec spec, RunId id, long? suite, int? index)
    {
        var row = Row(spec, id);
        (row.Status, row.CreatedAt, row.Suite, row.SuiteIndex) = (RunStatus.Queued, Now(), suite, index);
        return row;
    }

    /// <summary>What a specification says of a row.</summary>
    private static RunRow Row(RunSpec spec, RunId id) => new()
    {
        Id = id.Value,
        Name = spec.Name,
        Architecture = spec.Architecture.Id,
        Dataset = spec.Dataset.Id,
        Device = ComputeDevice.Canonical(spec.Training.Device),
        Search = Search(spec),
        Tags = Tags(spec),
        SpecHash = RunSpecJson.Hash(spec),
        Family = RunSpecJson.Family(spec),
        Seed = spec.Seed,
        Steps = spec.Training.Steps,
        LearningRate = spec.Training.LearningRate,
        BatchSize = spec.Training.BatchSize,
        Width = spec.Shape.Width,
        Layers = spec.Shape.Layers,
        ContextLength = spec.Shape.ContextLength,
    };

    /// <summary>Adds new runs with what belongs to each.</summary>
    private void Insert(StoreContext context, IReadOnlyList<RunRow> rows, IReadOnlyList<RunSpec> specs)
    {
        var place = LastPlace(context);
        foreach (var (index, row) in rows.Index())
        {
            row.Place = place + index;
        }

        context.Runs.AddRange(rows);
        context.SaveChanges();
        foreach (var (row, spec) in rows.Zip(specs))
        {
            context.Configurations.Add(new ConfigurationRow { Run = row.Number, Json = RunSpecJson.Write(spec) });
            context.Events.Add(Line(row, "Queued.", isWarning: false));
            context.StatusChanges.Add(Change(row, null));
        }

        context.SaveChanges();
    }

    private static RunRecord ToRecord(RunRow row, RunSpec spec, RunSuite? suite) => new()
    {
        Id = new RunId(row.Id),
        Spec = spec,
        SpecHash = row.SpecHash,
        Status = row.Status,
        Reason = row.Reason,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        StartedAt = Time(row.StartedAt),
        EndedAt = Time(row.EndedAt),
        Step = row.Step,
        Parameters = row.Parameters,
        Chance = row.Chance,
        Floor = row.Floor,
        SeesTheFuture = row.SeesTheFuture,
        TrainLoss = row.TrainLoss,
        EvalLoss = row.EvalLoss,
        EvalLow = row.EvalLow,
        EvalHigh = row.EvalHigh,
        TokensPerSecond = row.TokensPerSecond,
        Elapsed = row.Elapsed,
        BusyMachine = row.BusyMachine,
        HeartbeatAt = Time(row.HeartbeatAt),
        ProcessId = row.ProcessId,
        Command = row.Command,
        Suite = suite,
        Source = row.Source,
        KillReason = row.KillReason,
        Priority = row.Priority,
        ArchivedAt = Time(row.ArchivedAt),
        DeletedAt = Time(row.DeletedAt),
        Edition = row.Edition,
        Revision = row.Revision,
    };

    /// <summary>What words of a search are looked for in.</summary>
    private static string Search(RunSpec spec) => string.Join('\n', [spec.Name, spec.Architecture.Id, spec.Dataset.Id, .. spec.Tags]).ToLowerInvariant();

    private static string Tags(RunSpec spec) => spec.Tags.Count == 0 ? "" : $"\n{string.Join('\n', spec.Tags)}\n";

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private StatusChangeRow Change(RunRow run, RunStatus? from) => new() { Run = run.Number, At = Now(), From = from, To = run.Status, Reason = run.Reason, Step = run.Step };

    private EventRow Line(RunRow run, string text, bool isWarning) => new() { Run = run.Number, At = Now(), Step = run.Step, Text = text, IsWarning = isWarning };
}
