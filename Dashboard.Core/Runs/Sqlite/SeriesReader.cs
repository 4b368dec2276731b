using Crossbench.Metrics;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>Reads scalar points out of chunks and tail. The caller has one transaction open around it, so that a point that moves is seen once.</summary>
internal static class SeriesReader
{
    /// <summary>Points of one metric of a run after a step.</summary>
    public static MetricSeries Read(SqliteConnection connection, long run, string metric, long afterStep)
    {
        var parts = new List<(long[] Steps, double[] Values)>();
        ReadChunks(connection, run, metric, afterStep, parts);
        ReadTail(connection, run, metric, afterStep, parts);
        return parts.Count == 0 ? MetricSeries.Empty : new MetricSeries(Joined(parts.ConvertAll(part => part.Steps)), Joined(parts.ConvertAll(part => part.Values)));
    }

    private static void ReadChunks(SqliteConnection connection, long run, string metric, long afterStep, List<(long[] Steps, double[] Values)> parts)
    {
        using var chunks = new Statement(connection, "SELECT n, data FROM chunk WHERE run = $1 AND metric = (SELECT number FROM metric WHERE name = $2) AND last > $3 ORDER BY last");
        using var rows = chunks.Rows(run, metric, afterStep);
        while (rows.Read())
        {
            var n = rows.GetInt32(0);
            var (steps, values) = (new long[n], new double[n]);
            ChunkCodec.Decode(rows.GetFieldValue<byte[]>(1), steps, values);
            var skip = Array.FindIndex(steps, step => step > afterStep);
            parts.Add(skip == 0 ? (steps, values) : (steps[skip..], values[skip..]));
        }
    }

    private static void ReadTail(SqliteConnection connection, long run, string metric, long afterStep, List<(long[] Steps, double[] Values)> parts)
    {
        var (steps, values) = (new List<long>(), new List<double>());
        using var tail = new Statement(connection, "SELECT step, value FROM tail WHERE run = $1 AND metric = (SELECT number FROM metric WHERE name = $2) AND step > $3 ORDER BY step");
        using var rows = tail.Rows(run, metric, afterStep);
        while (rows.Read())
        {
            steps.Add(rows.GetInt64(0));
            values.Add(rows.IsDBNull(1) ? double.NaN : rows.GetDouble(1));
        }

        if (steps.Count > 0)
        {
            parts.Add(([.. steps], [.. values]));
        }
    }

    /// <summary>All parts in one array, which is made once: a long series is read several times a second.</summary>
    private static T[] Joined<T>(List<T[]> parts)
    {
        var all = parts.Count == 1 ? parts[0] : new T[parts.Sum(part => part.Length)];
        var end = 0;
        foreach (var part in parts.Count == 1 ? [] : parts)
        {
            part.CopyTo(all, end);
            end += part.Length;
        }

        return all;
    }
}
