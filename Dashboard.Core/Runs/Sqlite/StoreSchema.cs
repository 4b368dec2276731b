using System.Globalization;
using Crossbench.Training;
using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// Brings a store file to the schema of this version. Each numbered file is applied in one immediate transaction together with its number, so a process
/// that is killed midway leaves the store as it was, and two that start at once do not collide.
/// </summary>
internal static class StoreSchema
{
    /// <summary>Marks a file as ours ("XBnc").</summary>
    private const int ApplicationId = 0x58426E63;

    /// <summary>The schema's version, which is the number of its last file.</summary>
    public static int Version { get; } = Numbers().Max();

    /// <summary>Refuses a file that is not ours to touch.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="SpecException">The store is of a later version or belongs to another program.</exception>
    public static void Check(SqliteConnection connection, string file)
    {
        var found = Number(connection, "PRAGMA user_version");
        // The tables first: whoever makes them at this moment marks the file in the same transaction.
        if (Number(connection, "SELECT count(*) FROM sqlite_schema") > 0 && Number(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw new SpecException(new SpecProblem("", $"The file {file} is a database of another program.", "Move it away, or name another folder with --data FOLDER."));
        }

        if (found > Version)
        {
            throw new SpecException(new SpecProblem(
                "",
                $"The run store {file} has schema version {found}; this Crossbench knows versions up to {Version}.",
                "Use the newer Crossbench that wrote it, or name another folder with --data FOLDER."));
        }
    }

    /// <summary>Applies what is missing up to a version.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="version">The version to reach; tests stop at older ones.</param>
    public static void Apply(SqliteConnection connection, int version)
    {
        if (Number(connection, "PRAGMA user_version") >= version)
        {
            return;
        }

        connection.CreateFunction("family_of", (string json) => RunSpecJson.Family(json), isDeterministic: true);
        foreach (var number in Numbers().Order().Where(number => number <= version))
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            if (Number(connection, "PRAGMA user_version") < number)
            {
                Execute(connection, Text(number));
                Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {number}");
            }

            transaction.Commit();
        }
    }

    /// <summary>Runs statements that return nothing.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement that returns one whole number.</summary>
    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> Numbers() => typeof(StoreSchema).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Schema/", StringComparison.Ordinal))
        .Select(name => int.Parse(Path.GetFileNameWithoutExtension(name), CultureInfo.InvariantCulture));

    private static string Text(int number)
    {
        var name = $"Schema/{number:000}.sql";
        using var stream = typeof(StoreSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
