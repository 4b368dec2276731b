using Crossbench.Datasets;
using Crossbench.Runs;

namespace Crossbench.Launching;

/// <summary>
/// A file that takes a little room on the disk of the store while a run is trained, and gives it back when the disk is full, so that the run's end can still
/// be written.
/// </summary>
public sealed class SpaceReserve : IDisposable
{
    /// <summary>Room for the last transactions of a run: a handful of pages each.</summary>
    private const int Bytes = 1 << 20;

    private readonly string _file;

    private SpaceReserve(string file) => _file = file;

    /// <summary>Takes the room.</summary>
    /// <exception cref="IOException">There is none, or the folder for workers cannot be used.</exception>
    public static SpaceReserve Hold(DataFolder folder, RunId id)
    {
        Directory.CreateDirectory(folder.Workers);
        var file = Path.Combine(folder.Workers, $"{id}.reserve");
        File.WriteAllBytes(file, new byte[Bytes]);
        return new SpaceReserve(file);
    }

    /// <summary>True when a fault came of a disk without room.</summary>
    public static bool IsDiskFull(Exception fault) => fault is RunStoreException { IsDiskFull: true } || FileFault.IsDiskFull(fault);

    /// <summary>Gives the room back.</summary>
    public void Release() => File.Delete(_file);

    /// <inheritdoc/>
    public void Dispose() => Release();
}
