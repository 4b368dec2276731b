using Microsoft.Data.Sqlite;

namespace Crossbench.Runs.Sqlite;

/// <summary>
/// Tells cheaply whether anyone has committed to the store, on one held connection that itself never writes: <c>data_version</c> changes for a connection
/// with every commit of another, in this process or elsewhere. Not safe for two threads at once.
/// </summary>
internal sealed class ChangeDetector : IDisposable
{
    private readonly StoreDatabase _database;
    private readonly SqliteConnection _connection;
    private readonly Statement _version;
    private readonly Statement _revision;
    private object? _seen;

    /// <summary>Opens the connection; the first look will count as a change.</summary>
    public ChangeDetector(StoreDatabase database)
    {
        _database = database;
        _connection = database.Open(pooled: false);
        _version = new Statement(_connection, "PRAGMA data_version");
        _revision = new Statement(_connection, "SELECT revision FROM run WHERE id = $1");
    }

    /// <summary>True when something was committed since the last call.</summary>
    public bool HasChanged() => _database.Guarded(() =>
    {
        var version = _version.Value();
        var changed = !Equals(version, _seen);
        _seen = version;
        return changed;
    });

    /// <summary>A number that grows with every change of a run other than a heartbeat; -1 when it is gone.</summary>
    public long Revision(RunId id) => _database.Guarded(() => (long)(_revision.Value(id.Value) ?? -1L));

    /// <inheritdoc/>
    public void Dispose()
    {
        _version.Dispose();
        _revision.Dispose();
        _connection.Dispose();
    }
}
