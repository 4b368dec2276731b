using Crossbench.Datasets;
using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>What a run has on the disk beside the store: its checkpoints, and the log and locks of its workers.</summary>
public static class RunFiles
{
    /// <summary>Bytes of all of them.</summary>
    public static long Bytes(DataFolder folder, RunId id) => FolderBytes(folder.CheckpointsOf(id.Value)) + WorkerFiles(folder, id).Sum(file => new FileInfo(file).Length);

    /// <summary>Where a checkpoint is now: a data folder may have been moved since it was saved.</summary>
    public static string CheckpointOf(DataFolder folder, RunId id, long step) => CheckpointFolder.Of(folder.CheckpointsOf(id.Value), step);

    /// <summary>Bytes of the files below a folder; 0 when it is not there.</summary>
    public static long FolderBytes(string path) =>
        Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;

    /// <summary>Deletes all of them.</summary>
    public static void Delete(DataFolder folder, RunId id)
    {
        var checkpoints = folder.CheckpointsOf(id.Value);
        if (Directory.Exists(checkpoints))
        {
            Directory.Delete(checkpoints, recursive: true);
        }

        foreach (var file in WorkerFiles(folder, id))
        {
            File.Delete(file);
        }
    }

    private static string[] WorkerFiles(DataFolder folder, RunId id) => Directory.Exists(folder.Workers) ? Directory.GetFiles(folder.Workers, $"{id}.*") : [];
}
