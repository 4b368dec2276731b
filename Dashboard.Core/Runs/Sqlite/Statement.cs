using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>A prepared statement with parameters <c>$1</c>, <c>$2</c>, … used over and over on one connection.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    /// <summary>Prepares the statement.</summary>
    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 1; sql.Contains($"${i}", StringComparison.Ordinal); i++)
        {
            _command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        _command.Prepare();
    }

    /// <summary>Runs it for its effect.</summary>
    public int Run(params ReadOnlySpan<object?> arguments)
    {
        Bind(arguments);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs it for one value; null when there is no row.</summary>
    public object? Value(params ReadOnlySpan<object?> arguments)
    {
        Bind(arguments);
        return _command.ExecuteScalar();
    }

    /// <summary>Runs it for rows.</summary>
    public SqliteDataReader Rows(params ReadOnlySpan<object?> arguments)
    {
        Bind(arguments);
        return _command.ExecuteReader();
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    /// <summary>A loss or metric as SQLite takes it: it has no NaN, NULL stands for it.</summary>
    public static object? Real(double value) => double.IsNaN(value) ? null : value;

    private void Bind(ReadOnlySpan<object?> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            _command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        }
    }
}
