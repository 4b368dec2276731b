using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>Opens connections to one store file and runs short transactions on them.</summary>
internal sealed class StoreDatabase : IDisposable
{
    private readonly string _pooled;
    private readonly string _unpooled;
    private readonly int _patience;

    /// <summary>Prepares access to a file; opens nothing yet.</summary>
    /// <param name="file">The store file.</param>
    /// <param name="patience">Seconds to wait for another program's lock.</param>
    /// <param name="readOnly">Whether the file is only read, because it cannot be written.</param>
    public StoreDatabase(string file, int patience, bool readOnly = false)
    {
        File = file;
        IsReadOnly = readOnly;
        _patience = patience;
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = readOnly && IsAtRest(file) ? new Uri(file).AbsoluteUri + "?immutable=1" : file,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            DefaultTimeout = patience,
        };
        _pooled = builder.ToString();
        builder.Pooling = false;
        _unpooled = builder.ToString();
    }

    /// <summary>The store file.</summary>
    public string File { get; }

    /// <summary>Whether the file is only read.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Creates the folder and the file if need be and brings the schema up to date.</summary>
    /// <exception cref="SpecException">The folder or the file cannot be used.</exception>
    public void Prepare(int version)
    {
        try
        {
            if (IsReadOnly)
            {
                PrepareToRead(version);
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            using var connection = Open(pooled: false);
            StoreSchema.Check(connection, File);
            if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
            {
                throw new SpecException(new SpecProblem("", $"The run store {File} cannot be written.", "Make the file and its folder writable, or name another folder with --data FOLDER."));
            }

            if (JournalMode(connection, "") != "wal" && JournalMode(connection, " = WAL") is var mode && mode != "wal")
            {
                throw new SpecException(new SpecProblem("", $"The file system of {File} does not allow SQLite's write-ahead log (journal mode {mode}).", "Name a folder on a local disk with --data FOLDER."));
            }

            StoreSchema.Apply(connection, version);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw StoreFault.WhileOpening(File, error);
        }
    }

    private void PrepareToRead(int version)
    {
        using var connection = Open(pooled: false);
        StoreSchema.Check(connection, File);
        if (StoreSchema.Number(connection, "PRAGMA user_version") is var found && found != version)
        {
            throw new SpecException(new SpecProblem(
                "", $"The run store {File} has schema version {found} and cannot be brought to version {version}, because it cannot be written.", "Make it writable once, or copy it to a folder that is."));
        }
    }

    /// <summary>Whether no process has the store open, and none that was killed has left anything in its write-ahead log: then the one file is all of it.</summary>
    private static bool IsAtRest(string file) => !System.IO.File.Exists(file + "-shm") && new FileInfo(file + "-wal") is not { Exists: true, Length: > 0 };

    /// <summary>An open connection with the settings that every use needs.</summary>
    public SqliteConnection Open(bool pooled = true)
    {
        var connection = new SqliteConnection(pooled ? _pooled : _unpooled);
        try
        {
            connection.Open();

            // SQLite's own lower() knows the letters of ASCII alone.
            connection.CreateFunction("fold_case", (string text) => text.ToLowerInvariant(), isDeterministic: true);
            StoreSchema.Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA busy_timeout = {_patience * 1000}; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads entities.</summary>
    public T Read<T>(Func<StoreContext, T> work) => Guarded(() =>
    {
        using var connection = Open();
        using var context = new StoreContext(connection);
        return work(context);
    });

    /// <summary>Reads metrics, all from one moment.</summary>
    public T ReadRaw<T>(Func<SqliteConnection, T> work) => Guarded(() =>
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        return work(connection);
    });

    /// <summary>Changes entities in one immediate transaction.</summary>
    public T Write<T>(Func<StoreContext, T> work) => Guarded(() =>
    {
        using var connection = Open();
        using var context = new StoreContext(connection);
        using var transaction = context.Database.BeginTransaction();
        var result = work(context);
        transaction.Commit();
        return result;
    });

    /// <summary>Runs something that touches the file and explains its faults.</summary>
    /// <exception cref="RunStoreException">SQLite failed.</exception>
    public T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (StoreFault.Find(error) is not null)
        {
            throw StoreFault.WhileWorking(File, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var connection = new SqliteConnection(_pooled);
        SqliteConnection.ClearPool(connection);
    }

    private static string? JournalMode(SqliteConnection connection, string change)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode" + change;
        return (string?)command.ExecuteScalar();
    }
}
