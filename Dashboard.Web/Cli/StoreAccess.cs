using System.CommandLine;
using Crossbench.Runs.Sqlite;

namespace Crossbench.Web.Cli;

/// <summary>How commands come to the store.</summary>
internal static class StoreAccess
{
    /// <summary>The store for a command that changes something.</summary>
    /// <exception cref="SpecException">It cannot be used, or not written.</exception>
    public static SqliteRunStore ToWrite(ParseResult parsed) => SqliteRunStore.Open(CommandLine.DataFolderOf(parsed), TimeProvider.System);

    /// <summary>The store for a command that only reads; says so when it could not be written.</summary>
    /// <exception cref="SpecException">It cannot be used at all.</exception>
    public static SqliteRunStore ToRead(ParseResult parsed)
    {
        var store = SqliteRunStore.OpenToRead(CommandLine.DataFolderOf(parsed), TimeProvider.System);
        if (store.IsReadOnly)
        {
            Console.Error.WriteLine($"The run store {store.File} cannot be written; it is only read.");
        }

        return store;
    }
}
