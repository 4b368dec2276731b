using Crossbench.Metrics;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>Reads scalar points out of chunks and tail. The caller has one transaction open around it, so that a point that moves is seen once.</summary>
internal static class SeriesReader
{
    /// <summary>Points of one metric of a run after a step.</summary>
    public static MetricSeries Read(SqliteConnection connection, long run, string metric, long afterStep)
    {
        var (steps, values) = (new List<long>(), new List<double>());
        ReadChunks(connection, run, metric, afterStep, steps, values);
        using var tail = new Statement(connection, "SELECT step, value FROM tail WHERE run = $1 AND metric = (SELECT number FROM metric WHERE name = $2) AND step > $3 ORDER BY step");
        using var rows = tail.Rows(run, metric, afterStep);
        while (rows.Read())
        {
            steps.Add(rows.GetInt64(0));
            values.Add(rows.IsDBNull(1) ? double.NaN : rows.GetDouble(1));
        }

        return steps.Count == 0 ? MetricSeries.Empty : new MetricSeries([.. steps], [.. values]);
    }

    private static void ReadChunks(SqliteConnection connection, long run, string metric, long afterStep, List<long> steps, List<double> values)
    {
        using var chunks = new Statement(connection, "SELECT n, data FROM chunk WHERE run = $1 AND metric = (SELECT number FROM metric WHERE name = $2) AND last > $3 ORDER BY last");
        using var rows = chunks.Rows(run, metric, afterStep);
        while (rows.Read())
        {
            var n = rows.GetInt32(0);
            var (chunkSteps, chunkValues) = (new long[n], new double[n]);
            ChunkCodec.Decode(rows.GetFieldValue<byte[]>(1), chunkSteps, chunkValues);
            var skip = Array.FindIndex(chunkSteps, step => step > afterStep);
            steps.AddRange(chunkSteps.AsSpan(skip));
            values.AddRange(chunkValues.AsSpan(skip));
        }
    }
}
