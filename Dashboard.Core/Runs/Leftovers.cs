using System.Text.RegularExpressions;
using Crossbench.Datasets;

namespace Crossbench.Runs;

/// <summary>A file or folder that nothing needs.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="What">What it is, in words.</param>
/// <param name="Bytes">Its size.</param>
public sealed record Leftover(string Path, string What, long Bytes)
{
    /// <summary>Deletes it; one that is gone already is no fault.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
        else
        {
            File.Delete(Path);
        }
    }
}

/// <summary>
/// Finds what killed processes and deleted runs have left in a data folder. What any run of the store, any dataset or any living process uses is never among
/// it, what runs in the trash have neither; nor are downloads that can be gone on with.
/// </summary>
public static partial class Leftovers
{
    private static readonly TimeSpan NewFork = TimeSpan.FromMinutes(10);

    /// <summary>All leftovers, by path.</summary>
    public static IReadOnlyList<Leftover> Find(DataFolder folder, IRunStore store, TimeProvider time)
    {
        // Folders and files are listed before the store is asked: a run has its row before it has either, but for the checkpoint that a fork starts from.
        var trash = RunTrash.Find(store).Select(run => run.Id).ToHashSet();
        var checkpoints = Folders(folder.Checkpoints).Where(path => !IsOf(trash, path)).ToArray();
        var workers = Files(folder.Workers, SearchOption.TopDirectoryOnly).Where(path => !IsOf(trash, path)).ToArray();
        var datasets = Files(folder.Datasets, SearchOption.AllDirectories);
        return
        [
            .. checkpoints.SelectMany(path => OfCheckpoints(folder, store, path, time)),
            .. workers.Select(path => OfWorker(folder, store, path)).OfType<Leftover>(),
            .. datasets.Where(path => Partial().IsMatch(path) && IsFree(path)).Select(path => File(path, "unfinished file of a process that is gone")),
        ];
    }

    private static bool IsOf(HashSet<RunId> runs, string path) => RunId.TryParse(Path.GetFileName(path).Split('.')[0], null, out var id) && runs.Contains(id);

    private static IEnumerable<Leftover> OfCheckpoints(DataFolder folder, IRunStore store, string path, TimeProvider time)
    {
        if (!RunId.TryParse(Path.GetFileName(path), null, out var id))
        {
            return [];
        }

        if (RunLock.IsClaimed(folder, id) || IsNewFork(path, time))
        {
            return [];
        }

        return store.Find(id) is null
            ? [new Leftover(path, "checkpoints of a deleted run", RunFiles.FolderBytes(path))]
            : Folders(path).Where(inner => Path.GetFileName(inner).StartsWith("unfinished-", StringComparison.Ordinal))
                .Select(inner => new Leftover(inner, "checkpoint that was never finished", RunFiles.FolderBytes(inner)));
    }

    /// <summary>Whether somebody may just be making a run that starts from a checkpoint: the copy comes before the row.</summary>
    private static bool IsNewFork(string path, TimeProvider time) =>
        Folders(path).Any(inner => Path.GetFileName(inner).EndsWith("origin", StringComparison.Ordinal)) && time.GetUtcNow() - Directory.GetLastWriteTimeUtc(path) < NewFork;

    private static Leftover? OfWorker(DataFolder folder, IRunStore store, string path)
    {
        var name = Path.GetFileName(path);
        if (!RunId.TryParse(name.Split('.')[0], null, out var id) || RunLock.IsClaimed(folder, id))
        {
            return null;
        }

        return store.Find(id) is not { } run ? File(path, name.EndsWith(".log", StringComparison.Ordinal) ? "log of a run that is not in the store" : "lock of a run that is not in the store")
            : name.EndsWith(".reserve", StringComparison.Ordinal) && run.Status.IsEnded() ? File(path, "reserve of a worker that was killed")
            : null;
    }

    private static Leftover File(string path, string what) => new(path, what, new FileInfo(path) is { Exists: true } file ? file.Length : 0);

    private static string[] Folders(string path) => Directory.Exists(path) ? [.. Directory.GetDirectories(path).Order(StringComparer.Ordinal)] : [];

    private static string[] Files(string path, SearchOption depth) => Directory.Exists(path) ? [.. Directory.GetFiles(path, "*", depth).Order(StringComparer.Ordinal)] : [];

    private static bool IsFree(string path)
    {
        try
        {
            using var taken = FileLock.TryTake(path, FileMode.Open);
            return taken is not null;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Names that only one process at a time ever writes: a process id and a random number, or a random number alone for uploads.</summary>
    [GeneratedRegex(@"(\.\d+-|[/\\]\.)[0-9a-f]{32}\.partial$")]
    private static partial Regex Partial();
}
