namespace Crossbench;

/// <summary>An exclusive lock on a file. The system gives it back when the process ends in whatever way; child processes do not inherit it.</summary>
internal sealed class FileLock : IDisposable
{
    /// <summary>EWOULDBLOCK on Linux and macOS, and ERROR_SHARING_VIOLATION of Windows: another holds the lock.</summary>
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock if it is free; null when another process (or another part of this one) holds it.</summary>
    /// <param name="path">The file; its folder is there.</param>
    /// <param name="mode">Whether it may be created.</param>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public static FileLock? TryTake(string path, FileMode mode = FileMode.OpenOrCreate)
    {
        try
        {
            return new FileLock(new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException held) when (HeldByAnother.Contains(held.HResult))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
