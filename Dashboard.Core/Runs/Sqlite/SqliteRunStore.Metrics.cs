using System.Runtime.InteropServices;
using Crossbench.Datasets;
using Crossbench.Metrics;
using Crossbench.Training;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>What workers measured.</summary>
public sealed partial class SqliteRunStore
{
    /// <inheritdoc/>
    public void Append(RunId id, IReadOnlyList<TrainingEvent> events)
    {
        if (events.Count > 0)
        {
            Appending(writer => writer.Append(id, events, Now()));
        }
    }

    /// <inheritdoc/>
    public void TruncateAfter(RunId id, long step) => Appending(writer => writer.TruncateAfter(id, step, Now()));

    /// <inheritdoc/>
    public IReadOnlyList<string> Metrics(RunId id) => Rows(
        id,
        "SELECT metric.name FROM series JOIN metric ON metric.number = series.metric WHERE run = $1 AND (tail_count > 0 OR sealed >= 0) ORDER BY metric.number",
        [],
        row => row.GetString(0));

    /// <inheritdoc/>
    public MetricSeries ReadSeries(RunId id, string metric, long afterStep) => _database.ReadRaw(connection =>
        RunNumber(connection, id) is { } run ? SeriesReader.Read(connection, run, metric, afterStep) : MetricSeries.Empty);

    /// <inheritdoc/>
    public void ReadColumns(string metric, IReadOnlyList<(RunId Id, SeriesColumns Columns)> parts) => _database.ReadRaw(connection =>
    {
        using var reader = new ColumnReader(connection, metric);
        foreach (var (id, columns) in parts)
        {
            if (RunNumber(connection, id) is { } run)
            {
                reader.Read(run, columns);
            }
        }

        return true;
    });

    /// <inheritdoc/>
    public IReadOnlyList<MetricSnapshot> ReadSnapshots(RunId id, string metric, long afterStep) => Rows(
        id,
        "SELECT step, data FROM snapshot WHERE run = $1 AND metric = (SELECT number FROM metric WHERE name = $2) AND step > $3 ORDER BY step",
        [metric, afterStep],
        row => new MetricSnapshot(metric, row.GetInt64(0), MemoryMarshal.Cast<byte, float>(row.GetFieldValue<byte[]>(1)).ToArray()));

    /// <inheritdoc/>
    public MetricSnapshot? ReadLatestSnapshot(RunId id, string metric) => Rows(
        id,
        "SELECT step, data FROM snapshot WHERE run = $1 AND metric = (SELECT number FROM metric WHERE name = $2) ORDER BY step DESC LIMIT 1",
        [metric],
        row => new MetricSnapshot(metric, row.GetInt64(0), MemoryMarshal.Cast<byte, float>(row.GetFieldValue<byte[]>(1)).ToArray())).FirstOrDefault();

    /// <inheritdoc/>
    public IReadOnlyList<EvaluationRecord> ReadEvaluations(RunId id, long afterStep) => Rows(
        id,
        "SELECT step, \"set\", loss, low, high FROM evaluation_summary WHERE run = $1 AND step > $2 ORDER BY step, \"set\"",
        [afterStep],
        row => new EvaluationRecord(row.GetInt64(0), row.GetString(1), Real(row, 2), Real(row, 3), Real(row, 4)));

    /// <inheritdoc/>
    public IReadOnlyList<SequenceLoss> ReadSequences(RunId id, string set, long step) => Rows(
        id,
        "SELECT sequence, class, loss, tokens FROM evaluation WHERE run = $1 AND step = $2 AND \"set\" = $3 ORDER BY sequence, class",
        [step, set],
        row => new SequenceLoss(row.GetInt32(0), (TokenClass)row.GetByte(1), Real(row, 2), row.GetInt32(3)));

    /// <summary>Lets the file grow to so many pages, as a full disk would; for tests.</summary>
    internal void LimitPages(int pages) => Appending(writer => writer.LimitPages(pages));

    private static double Real(SqliteDataReader row, int column) => row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    private static long? RunNumber(SqliteConnection connection, RunId id)
    {
        using var find = new Statement(connection, "SELECT number FROM run WHERE id = $1");
        return (long?)find.Value(id.Value);
    }

    private List<T> Rows<T>(RunId id, string sql, object[] arguments, Func<SqliteDataReader, T> map) => _database.ReadRaw(connection =>
    {
        var found = new List<T>();
        if (RunNumber(connection, id) is { } run)
        {
            using var select = new Statement(connection, sql);
            using var rows = select.Rows([run, .. arguments]);
            while (rows.Read())
            {
                found.Add(map(rows));
            }
        }

        return found;
    });

    private void Appending(Action<EventWriter> work) => _database.Guarded(() =>
    {
        lock (_appending)
        {
            _writer ??= new EventWriter(_database.Open(pooled: false));
            work(_writer);
            return true;
        }
    });
}
