using System.Text.Json;
using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Crossbench.Runs.Sqlite;

/// <summary>What people do with runs: order in the queue, labels, archive, size.</summary>
public sealed partial class SqliteRunStore
{
    private const string SizeSql =
        """
        SELECT
          (SELECT coalesce(sum(tail_count), 0) FROM series WHERE run = $1) + (SELECT coalesce(sum(n), 0) FROM chunk WHERE run = $1),
          2 + tails.n + chunks.n + snapshots.n + summaries.n + evaluations.n + events.n,
          tails.n * 24 + chunks.bytes + snapshots.bytes + summaries.n * 48 + evaluations.n * 32 + events.bytes + (SELECT length(json) FROM configuration WHERE run = $1)
        FROM
          (SELECT count(*) AS n FROM tail WHERE run = $1) AS tails,
          (SELECT count(*) AS n, coalesce(sum(length(data) + 40), 0) AS bytes FROM chunk WHERE run = $1) AS chunks,
          (SELECT count(*) AS n, coalesce(sum(length(data) + 16), 0) AS bytes FROM snapshot WHERE run = $1) AS snapshots,
          (SELECT count(*) AS n FROM evaluation_summary WHERE run = $1) AS summaries,
          (SELECT count(*) AS n FROM evaluation WHERE run = $1) AS evaluations,
          (SELECT count(*) AS n, coalesce(sum(length(text) + 24), 0) AS bytes FROM event WHERE run = $1) AS events
        """;

    private const string TrashSql =
        """
        UPDATE run SET deleted_at = $at, revision = revision + 1
        WHERE id IN (SELECT value FROM json_each($ids)) AND status NOT IN ('Queued', 'Running') AND (deleted_at IS NULL) = $deleted
        RETURNING id
        """;

    /// <inheritdoc/>
    public RunRecord? NextQueued(IReadOnlyCollection<string> busyDevices, IReadOnlyCollection<RunId> except) => _database.Read(context =>
    {
        var queued = RankOf(RunStatus.Queued);
        var ids = except.Select(id => id.Value).ToArray();
        var row = context.Runs
            .Where(run => run.Rank == queued && !busyDevices.Contains(run.Device) && !ids.Contains(run.Id))
            .OrderByDescending(run => run.Priority).ThenBy(run => run.Place)
            .FirstOrDefault();
        return row is null ? null : ToRecords(context, [row]).SingleOrDefault();
    });

    /// <inheritdoc/>
    public bool SetPriority(RunId id, int priority) => _database.Write(context =>
        context.Runs.Where(run => run.Id == id.Value)
            .ExecuteUpdate(run => run.SetProperty(row => row.Priority, priority).SetProperty(row => row.Revision, row => row.Revision + 1)) > 0);

    /// <inheritdoc/>
    public bool Move(RunId id, bool toFront) => _database.Write(context =>
    {
        var place = toFront ? FirstPlace(context) : LastPlace(context);
        return context.Runs.Where(run => run.Id == id.Value && run.Status == RunStatus.Queued)
            .ExecuteUpdate(run => run.SetProperty(row => row.Place, place).SetProperty(row => row.Revision, row => row.Revision + 1)) > 0;
    });

    /// <inheritdoc/>
    public RunEdit Edit(RunId id, long edition, RunLabels labels)
    {
        var problems = labels.Problems().ToArray();
        return problems.Length > 0 ? throw new SpecException(problems) : _database.Write(context =>
        {
            if (context.Runs.AsTracking().SingleOrDefault(run => run.Id == id.Value) is not { } row)
            {
                return new RunEdit(false, null);
            }

            var configuration = context.Configurations.AsTracking().Single(found => found.Run == row.Number);
            var spec = RunSpecJson.Read(configuration.Json);
            if (row.Edition != edition)
            {
                return new RunEdit(false, ToRecord(row, spec, SuiteOf(context, row)));
            }

            spec = spec with { Name = labels.Name.Trim(), Tags = [.. labels.Tags.Select(tag => tag.Trim()).Distinct()], Notes = labels.Notes };
            configuration.Json = RunSpecJson.Write(spec);
            (row.Name, row.Search, row.Tags) = (spec.Name, Search(spec), Tags(spec));
            row.Edition++;
            row.Revision++;
            context.SaveChanges();
            return new RunEdit(true, ToRecord(row, spec, SuiteOf(context, row)));
        });
    }

    /// <inheritdoc/>
    public bool Archive(RunId id, bool archived)
    {
        var at = archived ? Now() : (long?)null;
        return _database.Write(context => context.Runs
            .Where(run => run.Id == id.Value && run.Status != RunStatus.Queued && run.Status != RunStatus.Running && (run.ArchivedAt == null) == archived)
            .ExecuteUpdate(run => run.SetProperty(row => row.ArchivedAt, at).SetProperty(row => row.Revision, row => row.Revision + 1)) > 0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunId> Trash(IReadOnlyCollection<RunId> ids, bool deleted) => _database.Write(context =>
    {
        // One statement for any number of runs, so that others wait for it but a moment.
        using var command = ((SqliteConnection)context.Database.GetDbConnection()).CreateCommand();
        command.Transaction = (SqliteTransaction)context.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = TrashSql;
        command.Parameters.AddWithValue("$ids", JsonSerializer.Serialize(ids.Select(id => id.Value)));
        command.Parameters.AddWithValue("$at", deleted ? Now() : DBNull.Value);
        command.Parameters.AddWithValue("$deleted", deleted);
        using var rows = command.ExecuteReader();
        var gone = new List<RunId>();
        while (rows.Read())
        {
            gone.Add(new RunId(rows.GetString(0)));
        }

        return gone;
    });

    /// <inheritdoc/>
    public IReadOnlyList<RunRecord> FindNamed(string text, int limit) => _database.Read(context =>
    {
        var exact = context.Runs.Where(run => run.Id == text).ToList();
        var rows = exact.Count > 0 || text.Length == 0 ? exact
            : context.Runs.Where(run => run.Id.StartsWith(text) || run.Name == text).OrderByDescending(run => run.Number).Take(limit).ToList();
        return ToRecords(context, rows);
    });

    /// <inheritdoc/>
    public RunSize SizeOf(RunId id) => Rows(id, SizeSql, [], row => new RunSize(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))).FirstOrDefault() ?? new RunSize(0, 0, 0);

    /// <summary>A place behind all queued runs.</summary>
    private static long LastPlace(StoreContext context) => (context.Runs.Where(run => run.Rank == RankOf(RunStatus.Queued)).Max(run => (long?)run.Place) ?? 0) + 1;

    /// <summary>A place before all queued runs.</summary>
    private static long FirstPlace(StoreContext context) => (context.Runs.Where(run => run.Rank == RankOf(RunStatus.Queued)).Min(run => (long?)run.Place) ?? 0) - 1;
}
