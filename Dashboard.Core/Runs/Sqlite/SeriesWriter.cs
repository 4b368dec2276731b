using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// Appends scalar points: new ones go to <c>tail</c>, and once a metric has enough of them there they are sealed as a <c>chunk</c>, in the same transaction.
/// A point at or before the last sealed step first brings the chunks from there on back to the tail.
/// </summary>
internal sealed class SeriesWriter : IDisposable
{
    /// <summary>Points in a chunk.</summary>
    public const int ChunkPoints = 4096;

    private readonly Dictionary<string, long> _metrics = [];
    private readonly Statement _findMetric;
    private readonly Statement _addMetric;
    private readonly Statement _findSeries;
    private readonly Statement _addSeries;
    private readonly Statement _updateSeries;
    private readonly Statement _addPoint;
    private readonly Statement _readTail;
    private readonly Statement _cutTail;
    private readonly Statement _trimTail;
    private readonly Statement _addChunk;
    private readonly Statement _readChunks;
    private readonly Statement _cutChunks;
    private readonly Statement _lastSealed;
    private readonly Statement _allSeries;
    private readonly Statement[] _all;

    /// <summary>Prepares the statements on a connection.</summary>
    public SeriesWriter(SqliteConnection connection)
    {
        _all =
        [
            _findMetric = new(connection, "SELECT number FROM metric WHERE name = $1"),
            _addMetric = new(connection, "INSERT INTO metric (name) VALUES ($1) RETURNING number"),
            _findSeries = new(connection, "SELECT tail_count, sealed FROM series WHERE run = $1 AND metric = $2"),
            _addSeries = new(connection, "INSERT INTO series (run, metric, tail_count, sealed) VALUES ($1, $2, 0, -1)"),
            _updateSeries = new(connection, "UPDATE series SET tail_count = $3, sealed = $4 WHERE run = $1 AND metric = $2"),
            _addPoint = new(connection, "INSERT INTO tail (run, metric, step, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET value = excluded.value"),
            _readTail = new(connection, "SELECT step, value FROM tail WHERE run = $1 AND metric = $2 ORDER BY step"),
            _cutTail = new(connection, "DELETE FROM tail WHERE run = $1 AND metric = $2 AND step > $3"),
            _trimTail = new(connection, "DELETE FROM tail WHERE run = $1 AND metric = $2 AND step <= $3"),
            _addChunk = new(connection, "INSERT INTO chunk (run, metric, first, last, n, data, min, max) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
            _readChunks = new(connection, "SELECT n, data FROM chunk WHERE run = $1 AND metric = $2 AND last >= $3 ORDER BY last"),
            _cutChunks = new(connection, "DELETE FROM chunk WHERE run = $1 AND metric = $2 AND last >= $3"),
            _lastSealed = new(connection, "SELECT coalesce(max(last), -1) FROM chunk WHERE run = $1 AND metric = $2"),
            _allSeries = new(connection, "SELECT metric FROM series WHERE run = $1"),
        ];
    }

    /// <summary>The number of a metric's name, new if need be.</summary>
    public long Metric(string name)
    {
        if (!_metrics.TryGetValue(name, out var number))
        {
            number = (long)(_findMetric.Value(name) ?? _addMetric.Value(name)!);
            _metrics[name] = number;
        }

        return number;
    }

    /// <summary>Forgets numbers of metrics; for use after a rollback, which may have undone some.</summary>
    public void Forget() => _metrics.Clear();

    /// <summary>Appends points of one metric.</summary>
    public void Append(long run, string metric, List<(long Step, double Value)> points)
    {
        var number = Metric(metric);
        var (count, last) = Series(run, number);
        var first = points.Min(point => point.Step);
        if (first <= last)
        {
            (count, last) = Unseal(run, number, first);
        }

        foreach (var (step, value) in points)
        {
            _addPoint.Run(run, number, step, Statement.Real(value));
        }

        count += points.Count;
        if (count >= ChunkPoints)
        {
            (count, last) = Seal(run, number, last);
        }

        _updateSeries.Run(run, number, count, last);
    }

    /// <summary>Removes all points of a run after a step.</summary>
    public void TruncateAfter(long run, long step)
    {
        foreach (var metric in AllSeries(run))
        {
            var (_, last) = Series(run, metric);
            if (step < last)
            {
                (_, last) = Unseal(run, metric, step + 1);
            }

            _cutTail.Run(run, metric, step);
            _updateSeries.Run(run, metric, (long)ReadTail(run, metric).Steps.Length, last);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _all)
        {
            statement.Dispose();
        }
    }

    private List<long> AllSeries(long run)
    {
        using var rows = _allSeries.Rows(run);
        var metrics = new List<long>();
        while (rows.Read())
        {
            metrics.Add(rows.GetInt64(0));
        }

        return metrics;
    }

    private (long Count, long Last) Series(long run, long metric)
    {
        using (var rows = _findSeries.Rows(run, metric))
        {
            if (rows.Read())
            {
                return (rows.GetInt64(0), rows.GetInt64(1));
            }
        }

        _addSeries.Run(run, metric);
        return (0, -1);
    }

    private (long Count, long Last) Seal(long run, long metric, long last)
    {
        var (steps, values) = ReadTail(run, metric);
        var rest = steps.Length;
        for (var start = 0; rest >= ChunkPoints; start += ChunkPoints, rest -= ChunkPoints)
        {
            var part = start..(start + ChunkPoints);
            AddChunk(run, metric, steps[part], values[part]);
            last = steps[part][^1];
        }

        _trimTail.Run(run, metric, last);
        return (rest, last);
    }

    private void AddChunk(long run, long metric, long[] steps, double[] values)
    {
        var known = values.Where(value => !double.IsNaN(value)).ToArray();
        _addChunk.Run(
            run, metric, steps[0], steps[^1], steps.Length, ChunkCodec.Encode(steps, values),
            known.Length == 0 ? null : known.Min(), known.Length == 0 ? null : known.Max());
    }

    private (long[] Steps, double[] Values) ReadTail(long run, long metric)
    {
        var steps = new List<long>(ChunkPoints);
        var values = new List<double>(ChunkPoints);
        using var rows = _readTail.Rows(run, metric);
        while (rows.Read())
        {
            steps.Add(rows.GetInt64(0));
            values.Add(rows.IsDBNull(1) ? double.NaN : rows.GetDouble(1));
        }

        return ([.. steps], [.. values]);
    }

    /// <summary>Brings the chunks that reach a step back to the tail.</summary>
    private (long Count, long Last) Unseal(long run, long metric, long step)
    {
        var chunks = new List<(long[] Steps, double[] Values)>();
        using (var rows = _readChunks.Rows(run, metric, step))
        {
            while (rows.Read())
            {
                var (steps, values) = (new long[rows.GetInt32(0)], new double[rows.GetInt32(0)]);
                ChunkCodec.Decode(rows.GetFieldValue<byte[]>(1), steps, values);
                chunks.Add((steps, values));
            }
        }

        foreach (var (steps, values) in chunks)
        {
            for (var i = 0; i < steps.Length; i++)
            {
                _addPoint.Run(run, metric, steps[i], Statement.Real(values[i]));
            }
        }

        _cutChunks.Run(run, metric, step);
        var last = Convert.ToInt64(_lastSealed.Value(run, metric), CultureInfo.InvariantCulture);
        return (ReadTail(run, metric).Steps.Length, last);
    }
}
