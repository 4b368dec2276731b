using Crossbench.Datasets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Bench;

/// <summary>The peers of the store: one table of points, filled as one would without thinking of speed. The file has the settings of the store.</summary>
internal static class PlainTable
{
    private const int BatchSize = 1000;

    /// <summary>Batches of entities, a context and a transaction each.</summary>
    public static void InsertByEntityFramework(DataFolder folder, int points)
    {
        using var connection = Create(folder);
        for (var first = 0; first < points; first += BatchSize)
        {
            using var context = new PointContext(connection);
            context.AddRange(Enumerable.Range(first, BatchSize).Select(i => new PointRow { Run = 1, Metric = i % 10, Step = i / 10, Value = 1.0 / (i + 1) }));
            context.SaveChanges();
        }
    }

    /// <summary>A prepared statement for each point, each its own transaction.</summary>
    public static void InsertRowByRow(DataFolder folder, int points)
    {
        using var connection = Create(folder);
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO point (run, metric, step, value) VALUES ($run, $metric, $step, $value)";
        var parameters = new[] { "$run", "$metric", "$step", "$value" }.Select(name => insert.Parameters.Add(new SqliteParameter(name, null))).ToArray();
        for (var i = 0; i < points; i++)
        {
            (parameters[0].Value, parameters[1].Value, parameters[2].Value, parameters[3].Value) = (1, i % 10, i / 10, 1.0 / (i + 1));
            insert.ExecuteNonQuery();
        }
    }

    private static SqliteConnection Create(DataFolder folder)
    {
        var connection = new SqliteConnection($"Data Source={folder.StoreFile};Pooling=false");
        connection.Open();
        using var create = connection.CreateCommand();
        create.CommandText =
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE point (run INTEGER NOT NULL, metric INTEGER NOT NULL, step INTEGER NOT NULL, value REAL, PRIMARY KEY (run, metric, step)) STRICT, WITHOUT ROWID;
            """;
        create.ExecuteNonQuery();
        return connection;
    }

    private sealed class PointRow
    {
        public long Run { get; set; }

        public long Metric { get; set; }

        public long Step { get; set; }

        public double? Value { get; set; }
    }

    private sealed class PointContext(SqliteConnection connection) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.UseSqlite(connection);

        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<PointRow>().ToTable("point").HasKey(point => new { point.Run, point.Metric, point.Step });
    }
}
