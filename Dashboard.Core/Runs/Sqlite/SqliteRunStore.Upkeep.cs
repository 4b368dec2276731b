using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>Care of the file: what it holds, whether it is sound, a copy of it, its slack.</summary>
public sealed partial class SqliteRunStore : IStoreUpkeep
{
    /// <summary>What the store holds and takes.</summary>
    public StoreReport Report() => _database.ReadRaw(connection => new StoreReport(
        File,
        new[] { File, File + "-wal" }.Sum(path => new FileInfo(path) is { Exists: true } file ? file.Length : 0),
        StoreSchema.Number(connection, "PRAGMA freelist_count") * StoreSchema.Number(connection, "PRAGMA page_size"),
        StoreSchema.Number(connection, "SELECT count(*) FROM run"),
        StoreSchema.Number(connection, "SELECT (SELECT coalesce(sum(tail_count), 0) FROM series) + (SELECT coalesce(sum(n), 0) FROM chunk)")));

    /// <summary>Everything that is wrong with the file, in SQLite's words; empty when it is sound.</summary>
    /// <param name="quick">Leaves out whether indexes and tables agree, which takes several times as long.</param>
    public IReadOnlyList<string> Check(bool quick) => _database.Guarded<IReadOnlyList<string>>(() =>
    {
        using var connection = _database.Open();
        var pages = Texts(connection, quick ? "PRAGMA quick_check" : "PRAGMA integrity_check", row => row.GetString(0)).Where(text => text != "ok");
        var keys = Texts(connection, "PRAGMA foreign_key_check", row => string.Create(CultureInfo.InvariantCulture, $"row {row.GetValue(1)} of {row.GetString(0)} belongs to a row of {row.GetString(2)} that is not there"));
        return [.. pages, .. keys];
    });

    /// <summary>Writes the slack out of the file. Needs as much free disk as the store takes, and nobody else can write meanwhile.</summary>
    /// <exception cref="SpecException">A run is running.</exception>
    public void Compact()
    {
        if (Query(new RunQuery { Statuses = [RunStatus.Running], Archived = null, Limit = 1 }).Runs is [var run])
        {
            throw new SpecException(new SpecProblem("", $"Run {run.Id} ({run.Spec.Name}) is running and would have to wait.", "Pause it, or compact when nothing runs."));
        }

        _database.Guarded(() =>
        {
            using var connection = _database.Open(pooled: false);
            using var compact = connection.CreateCommand();
            compact.CommandTimeout = 0;
            compact.CommandText = "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)";
            compact.ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Writes a copy of the store, as of one moment, into one file; runs go on meanwhile.</summary>
    /// <param name="path">The file; it must not be there.</param>
    /// <returns>The full path of the copy.</returns>
    /// <exception cref="SpecException">The path is none, the file is there, or it cannot be written.</exception>
    public string Backup(string path)
    {
        if (path.Trim().Length == 0 || path.Contains('\0') || Path.EndsInDirectorySeparator(path))
        {
            throw new SpecException(new SpecProblem("", $"\"{path.Replace("\0", "\\0", StringComparison.Ordinal)}\" is no path of a file.", "Name the file that is to be the copy: backups/friday.db"));
        }

        var file = Path.GetFullPath(path);
        if (Path.Exists(file))
        {
            throw IsThere(file);
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            WriteBackup(file);
            return file;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Path.Exists(file) ? IsThere(file)
                : new SpecException(new SpecProblem("", $"{file} cannot be written: {fault.Message.TrimEnd('.')}.", "Name a file in a folder that you may write to."));
        }
    }

    private static SpecException IsThere(string file) => new(new SpecProblem("", $"{file} is there already.", "Name a file that is not, or move that one away."));

    private void WriteBackup(string file)
    {
        var partial = $"{file}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}.partial";

        // Made here: a place that cannot be written is then told as such, and not as a fault of the store.
        new FileStream(partial, FileMode.CreateNew).Dispose();
        try
        {
            Copy(partial);
            System.IO.File.Move(partial, file, overwrite: false);
        }
        finally
        {
            // Nothing to do after the rename; whatever went wrong, the unfinished file goes.
            System.IO.File.Delete(partial);
        }
    }

    private void Copy(string path) => _database.Guarded(() =>
    {
        using var source = _database.Open(pooled: false);
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        target.Open();
        source.BackupDatabase(target);

        // A write-ahead log would be a second file; a store that is opened gets its own again.
        StoreSchema.Execute(target, "PRAGMA journal_mode = DELETE");
        return true;
    });

    private static List<string> Texts(SqliteConnection connection, string sql, Func<SqliteDataReader, string> map)
    {
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
        {
            texts.Add(map(rows));
        }

        return texts;
    }
}
