namespace Crossbench.Datasets;

/// <summary>The folder for stores, datasets and checkpoints: <c>--data</c>, else <c>CROSSBENCH_DATA</c>, else <c>data</c> beside the program's source.</summary>
/// <param name="Root">Its full path.</param>
public sealed record DataFolder(string Root)
{
    /// <summary>The run store.</summary>
    public string StoreFile => Path.Combine(Root, "runs.db");

    /// <summary>Prepared datasets (token caches, downloads).</summary>
    public string Datasets => Path.Combine(Root, "datasets");

    /// <summary>Checkpoints, a folder for each run.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>Folder of one run's checkpoints.</summary>
    /// <param name="run">Id of the run.</param>
    public string CheckpointsOf(string run) => Path.Combine(Checkpoints, run);

    /// <summary>Suites that were made or brought here.</summary>
    public string Suites => Path.Combine(Root, "suites");

    /// <summary>Log and lock files of workers.</summary>
    public string Workers => Path.Combine(Root, "workers");
}
