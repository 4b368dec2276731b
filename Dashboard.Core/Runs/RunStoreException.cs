namespace Crossbench.Runs;

/// <summary>The store could not read or write: disk full, locked for too long, damaged. The message names the file, the reason and the remedy.</summary>
public sealed class RunStoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RunStoreException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>True when there was no room left on the disk.</summary>
    public bool IsDiskFull { get; init; }
}
