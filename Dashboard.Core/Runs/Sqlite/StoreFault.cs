using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crossbench.Runs.Sqlite;

/// <summary>Says in one sentence each what is wrong with a store file, and what to do.</summary>
internal static class StoreFault
{
    /// <summary>A fault while opening: the user's folder or file is to blame.</summary>
    public static SpecException WhileOpening(string file, Exception error)
    {
        var (reason, remedy) = Explain(file, error);
        return new SpecException(new SpecProblem("", reason, remedy));
    }

    /// <summary>A fault while reading or writing an open store.</summary>
    public static RunStoreException WhileWorking(string file, Exception error)
    {
        var (reason, remedy) = Explain(file, error);
        return new RunStoreException($"{reason} {remedy}", error) { IsDiskFull = Find(error)?.SqliteErrorCode == raw.SQLITE_FULL };
    }

    /// <summary>The error of SQLite inside an exception of EF, or the exception itself when it is one.</summary>
    public static SqliteException? Find(Exception? error) => error switch
    {
        null => null,
        SqliteException found => found,
        _ => Find(error.InnerException),
    };

    private static (string Reason, string Remedy) Explain(string file, Exception error)
    {
        if (Find(error) is not { } sqlite)
        {
            return error is UnauthorizedAccessException or IOException
                ? ($"The folder of the run store {file} cannot be used: {error.Message.TrimEnd('.')}.", "Make it writable, or name another with --data FOLDER.")
                : ($"The run store {file} failed: {error.Message}", "See the log.");
        }

        return sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => ($"The run store {file} is locked by another program.", "Close what holds it open for writing (a database browser, a backup), then try again."),
            raw.SQLITE_FULL => ($"The disk that holds the run store {file} is full.", "Free some space, then resume the run."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => ($"The run store {file} cannot be written.", "Make the file and its folder writable, or name another folder with --data FOLDER."),
            raw.SQLITE_CANTOPEN => ($"The run store {file} cannot be opened.", "Make its folder writable, or name another with --data FOLDER."),
            raw.SQLITE_NOTADB => ($"The file {file} is not a run store.", "Move it away, or name another folder with --data FOLDER."),
            raw.SQLITE_CORRUPT => ($"The run store {file} is damaged: {sqlite.Message}", "Move it away and begin a new one, or put back a copy."),
            raw.SQLITE_IOERR => ($"The disk failed while the run store {file} was used: {sqlite.Message}", "Look at the disk and its free space."),
            _ => ($"The run store {file} failed: {sqlite.Message}", "See the log."),
        };
    }
}
