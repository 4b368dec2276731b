using System.Globalization;
using Crossbench.Datasets;

namespace Crossbench.Launching;

/// <summary>
/// Says that this process serves a data folder. Another one that wants to is refused and told which this is; the system gives the lock back when the process
/// ends in whatever way.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileLock _lock;
    private readonly string _note;

    private FolderLock(FileLock held, string note) => (_lock, _note) = (held, note);

    /// <summary>Takes a data folder for serving.</summary>
    /// <exception cref="SpecException">Another process serves it, or it cannot be written.</exception>
    public static FolderLock Take(DataFolder folder)
    {
        try
        {
            var held = FileLock.TryTake(LockFile(folder)) ?? throw new SpecException(Taken(folder));
            var taken = new FolderLock(held, NoteFile(folder));
            taken.Note("");
            return taken;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem(
                "", $"The data folder {folder.Root} cannot be written: {fault.Message.TrimEnd('.')}.", "Make it writable, or name another with --data FOLDER. To read it: runs, runs show ID."));
        }
    }

    /// <summary>Whether a process serves the folder now.</summary>
    public static bool IsServed(DataFolder folder)
    {
        try
        {
            using var free = FileLock.TryTake(LockFile(folder), FileMode.Open);
            return free is null;
        }
        catch (Exception unused) when (unused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Notes the address of the pages, for those who come later.</summary>
    public void Note(string address)
    {
        var unfinished = _note + ".new";
        File.WriteAllText(unfinished, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{address}\n"));
        File.Move(unfinished, _note, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_note);
        _lock.Dispose();
    }

    private static SpecProblem Taken(DataFolder folder)
    {
        // The lock itself cannot be read by others; a first process that has only just begun may not have written its note yet.
        var lines = File.Exists(NoteFile(folder)) ? File.ReadAllLines(NoteFile(folder)) : [];
        var process = lines.Length > 0 ? $" (process {lines[0]})" : "";
        var address = lines.Length > 1 && lines[1].Length > 0 ? $" at {lines[1]}" : "";
        return new SpecProblem("", $"Another Crossbench{process} serves the data folder {folder.Root}{address}.", "Open that one, end it first, or name another folder with --data FOLDER.");
    }

    private static string LockFile(DataFolder folder) => Path.Combine(folder.Root, "serve.lock");

    private static string NoteFile(DataFolder folder) => Path.Combine(folder.Root, "serve.note");
}
