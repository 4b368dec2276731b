using System.Runtime.InteropServices;
using Crossbench.Metrics;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// Reads parts of series into the columns of a chart. Chunks before and behind the range stay where they are; of chunks that lie in one column as a whole, only
/// those are decoded that hold its extremes, by the smallest and largest value that stand beside each. The caller has one transaction open around it.
/// </summary>
internal sealed class ColumnReader : IDisposable
{
    // What the start of a running mean weighs after so many points, at most.
    private const double Forgotten = 1e-13;
    private readonly Statement _chunks;
    private readonly Statement _extremes;
    private readonly Statement _data;
    private readonly Statement _tail;
    private readonly Statement _tailEnds;
    private readonly long? _metric;
    private readonly long[] _steps = new long[SeriesWriter.ChunkPoints];
    private readonly double[] _values = new double[SeriesWriter.ChunkPoints];

    /// <summary>Prepares the statements for one metric.</summary>
    public ColumnReader(SqliteConnection connection, string metric)
    {
        using var find = new Statement(connection, "SELECT number FROM metric WHERE name = $1");
        _metric = (long?)find.Value(metric);
        _chunks = new(connection, "SELECT first, last, n FROM chunk WHERE run = $1 AND metric = $2 ORDER BY last");
        _extremes = new(connection, "SELECT min, max FROM chunk WHERE run = $1 AND metric = $2 AND last = $3");
        _data = new(connection, "SELECT n, data FROM chunk WHERE run = $1 AND metric = $2 AND last BETWEEN $3 AND $4 ORDER BY last");
        _tail = new(connection, "SELECT step, value FROM tail WHERE run = $1 AND metric = $2 ORDER BY step");
        _tailEnds = new(connection, "SELECT count(*), min(step), max(step) FROM tail WHERE run = $1 AND metric = $2");
    }

    /// <summary>Reads what a run has of the metric.</summary>
    public void Read(long run, SeriesColumns into)
    {
        if (_metric is not { } metric)
        {
            return;
        }

        var chunks = Chunks(run, metric);
        var first = FirstNeeded(chunks, into);
        var last = Math.Min(chunks.Count - 1, chunks.FindIndex(chunk => chunk.First >= into.End) is var behind and >= 0 ? behind : chunks.Count - 1);
        chunks.Take(first).ToList().ForEach(chunk => into.Skip(chunk.Count, chunk.First, chunk.Last));
        if (into.Smoothing > 0 || into.HasMeans)
        {
            Decode(run, metric, chunks, first, last, into);
        }
        else
        {
            ReadWholeAndSplit(run, metric, chunks, first, last, into);
        }

        chunks.Skip(last + 1).ToList().ForEach(chunk => into.Skip(chunk.Count, chunk.First, chunk.Last));
        ReadTail(run, metric, into);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _chunks.Dispose();
        _extremes.Dispose();
        _data.Dispose();
        _tail.Dispose();
        _tailEnds.Dispose();
    }

    /// <summary>The first chunk to decode: the one before the range, whose last point a line comes in from, and as many before it as a running mean remembers.</summary>
    private static int FirstNeeded(List<Chunk> chunks, SeriesColumns into)
    {
        var first = chunks.FindIndex(chunk => chunk.Last >= into.From);
        first = Math.Max(0, (first < 0 ? chunks.Count : first) - 1);
        var needed = into.Smoothing > 0 ? Math.Log(Forgotten) / Math.Log(into.Smoothing) : 0;
        while (first > 0 && needed > 0)
        {
            needed -= chunks[first].Count;
            first--;
        }

        return first;
    }

    private List<Chunk> Chunks(long run, long metric)
    {
        var chunks = new List<Chunk>();
        using var rows = _chunks.Rows(run, metric);
        while (rows.Read())
        {
            chunks.Add(new Chunk(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt32(2)));
        }

        return chunks;
    }

    private void ReadWholeAndSplit(long run, long metric, List<Chunk> chunks, int first, int last, SeriesColumns into)
    {
        var done = first;
        while (done <= last)
        {
            var next = done;
            if (Whole(chunks[done], into) is { } column)
            {
                while (next <= last && Whole(chunks[next], into) == column)
                {
                    next++;
                }

                ReadWhole(run, metric, chunks[done..next], into);
            }
            else
            {
                while (next <= last && Whole(chunks[next], into) is null)
                {
                    next++;
                }

                Decode(run, metric, chunks, done, next - 1, into);
            }

            done = next;
        }
    }

    /// <summary>The column that holds all of a chunk; null when there is none.</summary>
    private static int? Whole(Chunk chunk, SeriesColumns into) =>
        chunk.First >= into.From && chunk.Last < into.End && into.ColumnOf(chunk.First) is var column && into.ColumnOf(chunk.Last) == column ? column : null;

    private void ReadWhole(long run, long metric, List<Chunk> whole, SeriesColumns into)
    {
        var extremes = whole.ConvertAll(chunk => whole.Count > 2 ? Extremes(run, metric, chunk) : (Low: double.NaN, High: double.NaN));
        var (low, high) = (extremes.FindAll(Known).Select(item => item.Low).DefaultIfEmpty().Min(), extremes.FindAll(Known).Select(item => item.High).DefaultIfEmpty().Max());
        var (lowest, highest) = (extremes.FindIndex(item => item.Low == low), extremes.FindIndex(item => item.High == high));
        for (var i = 0; i < whole.Count; i++)
        {
            // A chunk with an infinity among its values does not tell its finite extremes.
            if (i == lowest || i == highest || !Known(extremes[i]))
            {
                Decode(run, metric, whole, i, i, into);
            }
            else
            {
                into.Skip(whole[i].Count, whole[i].First, whole[i].Last);
            }
        }
    }

    private static bool Known((double Low, double High) extremes) => double.IsFinite(extremes.Low) && double.IsFinite(extremes.High);

    private (double Low, double High) Extremes(long run, long metric, Chunk chunk)
    {
        using var rows = _extremes.Rows(run, metric, chunk.Last);
        return rows.Read() && !rows.IsDBNull(0) ? (rows.GetDouble(0), rows.GetDouble(1)) : (double.NaN, double.NaN);
    }

    private void Decode(long run, long metric, List<Chunk> chunks, int first, int last, SeriesColumns into)
    {
        if (first > last)
        {
            return;
        }

        using var rows = _data.Rows(run, metric, chunks[first].Last, chunks[last].Last);
        while (rows.Read())
        {
            var n = rows.GetInt32(0);
            var steps = n <= _steps.Length ? _steps.AsSpan(0, n) : new long[n];
            var values = n <= _values.Length ? _values.AsSpan(0, n) : new double[n];
            ChunkCodec.Decode(rows.GetFieldValue<byte[]>(1), steps, values);
            into.Append(steps, values);
        }
    }

    private void ReadTail(long run, long metric, SeriesColumns into)
    {
        if (into.After is not null)
        {
            // The range ends in the chunks.
            using var ends = _tailEnds.Rows(run, metric);
            if (ends.Read() && ends.GetInt64(0) > 0)
            {
                into.Skip(ends.GetInt64(0), ends.GetInt64(1), ends.GetInt64(2));
            }

            return;
        }

        var (steps, values) = (new List<long>(), new List<double>());
        using var rows = _tail.Rows(run, metric);
        while (rows.Read())
        {
            steps.Add(rows.GetInt64(0));
            values.Add(rows.IsDBNull(1) ? double.NaN : rows.GetDouble(1));
        }

        into.Append(CollectionsMarshal.AsSpan(steps), CollectionsMarshal.AsSpan(values));
    }

    private readonly record struct Chunk(long First, long Last, int Count);
}
