using System.CommandLine;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;

namespace Crossbench.Web.Cli;

/// <summary>How commands come to the store.</summary>
internal static class StoreAccess
{
    /// <summary>The store for a command that changes something.</summary>
    /// <exception cref="SpecException">It cannot be used, or not written.</exception>
    public static SqliteRunStore ToWrite(ParseResult parsed) => Settled(SqliteRunStore.Open(CommandLine.DataFolderOf(parsed), TimeProvider.System), parsed);

    /// <summary>The store for a command that only reads; says so when it could not be written.</summary>
    /// <exception cref="SpecException">It cannot be used at all.</exception>
    public static SqliteRunStore ToRead(ParseResult parsed)
    {
        var store = SqliteRunStore.OpenToRead(CommandLine.DataFolderOf(parsed), TimeProvider.System);
        if (!store.IsReadOnly)
        {
            return Settled(store, parsed);
        }

        Console.Error.WriteLine($"The run store {store.File} cannot be written; it is only read.");
        return store;
    }

    /// <summary>Without a server nobody else notices that a worker has died.</summary>
    private static SqliteRunStore Settled(SqliteRunStore store, ParseResult parsed)
    {
        try
        {
            LostWorkers.Settle(store, CommandLine.DataFolderOf(parsed));
        }
        catch (Exception fault) when (fault is RunStoreException or IOException or UnauthorizedAccessException)
        {
            // What the command is asked for matters more; a run that looks running is said to be so.
            Console.Error.WriteLine($"Whether all running runs still have a worker cannot be told: {fault.Message}");
        }

        return store;
    }
}
