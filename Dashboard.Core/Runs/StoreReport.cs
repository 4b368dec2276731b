namespace Crossbench.Runs;

/// <summary>What a store holds and takes.</summary>
/// <param name="Path">The store file.</param>
/// <param name="Bytes">Bytes of the file and of its write-ahead log.</param>
/// <param name="FreeBytes">Bytes inside the file that nothing uses; compacting gives them back.</param>
/// <param name="Runs">Runs, archived ones too.</param>
/// <param name="Points">Points of scalar metrics.</param>
public sealed record StoreReport(string Path, long Bytes, long FreeBytes, long Runs, long Points);
