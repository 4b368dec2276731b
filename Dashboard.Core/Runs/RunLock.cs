using Crossbench.Datasets;

namespace Crossbench.Runs;

/// <summary>
/// An exclusive lock on a file of a run, held by the process that trains it. The system gives it back when that process ends in whatever way, so held means
/// alive and free means dead. Child processes do not inherit it.
/// </summary>
public sealed class RunLock : IDisposable
{
    private static readonly TimeSpan TakeInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileLock _file;

    private RunLock(FileLock file) => _file = file;

    /// <summary>Takes the lock of a run if it is free.</summary>
    /// <returns>The lock, to be disposed of; null when another process (or another part of this one) holds it.</returns>
    /// <exception cref="IOException">The folder for workers cannot be used.</exception>
    public static RunLock? TryTake(DataFolder folder, RunId id) => TryTake(folder, LockFile(folder, id));

    /// <summary>Takes the lock of a run, and waits a while for a process that is just about to end, or for those who look at the lock by taking it for a moment.</summary>
    /// <returns>The lock, to be disposed of; null when it stayed held.</returns>
    /// <exception cref="IOException">The folder for workers cannot be used.</exception>
    public static RunLock? Take(DataFolder folder, RunId id, TimeSpan patience, TimeProvider time)
    {
        var begun = time.GetTimestamp();
        using var timer = new PeriodicTimer(TakeInterval, time);
        while (true)
        {
            if (TryTake(folder, id) is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(begun) > patience)
            {
                return null;
            }

            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>True while a process holds the lock of the run.</summary>
    public static bool IsHeld(DataFolder folder, RunId id) => IsHeld(LockFile(folder, id));

    /// <summary>Announces that a worker for the run is being started, until the worker has taken the run's lock itself.</summary>
    internal static RunLock? TryAnnounce(DataFolder folder, RunId id) => TryTake(folder, StartFile(folder, id));

    /// <summary>True while a process has the run or is about to start one that will.</summary>
    internal static bool IsClaimed(DataFolder folder, RunId id) => IsHeld(LockFile(folder, id)) || IsHeld(StartFile(folder, id));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string LockFile(DataFolder folder, RunId id) => Path.Combine(folder.Workers, $"{id}.lock");

    private static string StartFile(DataFolder folder, RunId id) => Path.Combine(folder.Workers, $"{id}.start");

    private static RunLock? TryTake(DataFolder folder, string file)
    {
        Directory.CreateDirectory(folder.Workers);
        return FileLock.TryTake(file) is { } taken ? new RunLock(taken) : null;
    }

    private static bool IsHeld(string file)
    {
        try
        {
            using var taken = FileLock.TryTake(file, FileMode.Open);
            return taken is null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // Who may not open the file cannot tell; nothing is done to a run that may be alive.
            return true;
        }
    }
}
