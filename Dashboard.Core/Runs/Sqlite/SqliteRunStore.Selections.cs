using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Training;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>Many runs at once: a connection and a few statements for all of them.</summary>
public sealed partial class SqliteRunStore
{
    private const string EvaluationsSql = "SELECT step, \"set\", loss, low, high FROM evaluation_summary WHERE run = $1 AND step <= $2 ORDER BY step, \"set\"";
    private const string SequencesSql = "SELECT sequence, class, loss, tokens FROM evaluation WHERE run = $1 AND step = $2 AND \"set\" = $3 ORDER BY sequence, class";
    private const string EnvironmentsSql = "SELECT at, step, processor, cores, memory_bytes, device, threads, backend, build, version, system, runtime FROM environment WHERE run = $1 ORDER BY number";

    /// <inheritdoc/>
    public IReadOnlyList<RunRecord> FindAll(IReadOnlyCollection<RunId> ids) => _database.Read(context =>
    {
        var rows = context.Runs.FromSqlRaw("SELECT * FROM run WHERE id IN (SELECT value FROM json_each({0}))", JsonSerializer.Serialize(ids.Select(id => id.Value))).ToDictionary(row => row.Id);
        return ToRecords(context, [.. ids.Select(id => rows.GetValueOrDefault(id.Value)).OfType<RunRow>()]);
    });

    /// <inheritdoc/>
    public IReadOnlyList<RunScores> ReadScores(IReadOnlyList<RunRecord> runs, string set) => _database.ReadRaw<IReadOnlyList<RunScores>>(connection =>
    {
        using var number = new Statement(connection, "SELECT number FROM run WHERE id = $1");
        using var evaluations = new Statement(connection, EvaluationsSql);
        using var sequences = new Statement(connection, SequencesSql);
        using var environments = new Statement(connection, EnvironmentsSql);
        var found = new List<RunScores>(runs.Count);
        foreach (var run in runs)
        {
            if (number.Value(run.Id.Value) is not long key)
            {
                found.Add(new RunScores([], [], []));
                continue;
            }

            var scored = Mapped(evaluations.Rows(key, run.Step), row => new EvaluationRecord(row.GetInt64(0), row.GetString(1), Real(row, 2), Real(row, 3), Real(row, 4)));
            var last = scored.LastOrDefault(item => item.Set == set);
            found.Add(new RunScores(
                scored,
                last is null ? [] : Mapped(sequences.Rows(key, last.Step, set), row => new SequenceLoss(row.GetInt32(0), (TokenClass)row.GetByte(1), Real(row, 2), row.GetInt32(3))),
                Mapped(environments.Rows(key), ToEnvironment)));
        }

        return found;
    });

    private static EnvironmentRecord ToEnvironment(SqliteDataReader row) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)),
        row.GetInt64(1),
        new RunEnvironment(row.GetString(2), row.GetInt32(3), row.GetInt64(4), row.GetString(5), row.GetInt32(6), row.GetString(7), row.GetString(8), row.GetString(9), row.GetString(10), row.GetString(11)));

    private static List<T> Mapped<T>(SqliteDataReader rows, Func<SqliteDataReader, T> map)
    {
        using (rows)
        {
            var list = new List<T>();
            while (rows.Read())
            {
                list.Add(map(rows));
            }

            return list;
        }
    }
}
