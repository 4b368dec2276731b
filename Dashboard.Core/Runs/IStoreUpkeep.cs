namespace Crossbench.Runs;

/// <summary>Care of a store's file.</summary>
public interface IStoreUpkeep
{
    /// <summary>What the store holds and takes.</summary>
    StoreReport Report();

    /// <summary>Everything that is wrong with the file; empty when it is sound.</summary>
    /// <param name="quick">Leaves out whether indexes and tables agree, which takes several times as long.</param>
    IReadOnlyList<string> Check(bool quick);

    /// <summary>Writes the slack out of the file.</summary>
    /// <exception cref="SpecException">A run is running.</exception>
    void Compact();

    /// <summary>Writes a copy of the store into one file; runs go on meanwhile.</summary>
    /// <param name="path">The file; it must not be there.</param>
    /// <returns>The full path of the copy.</returns>
    /// <exception cref="SpecException">The path is none, the file is there, or it cannot be written.</exception>
    string Backup(string path);
}
