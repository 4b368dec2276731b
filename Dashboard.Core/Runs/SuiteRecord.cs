using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>The suite that a run belongs to.</summary>
/// <param name="Id">The suite's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Index">0-based place of the run in it.</param>
public sealed record RunSuite(string Id, string Name, int Index);

/// <summary>A suite as the store knows it: a file, and the runs that were queued from it.</summary>
/// <param name="Id">Its id, of the form of a <see cref="RunId"/>.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">Full path of the file.</param>
/// <param name="Source">Text of the file when it was last queued, without the files that it includes.</param>
/// <param name="IsCompatible">Whether all its runs keep the semantics of TransBench (compat: transbench).</param>
/// <param name="CreatedAt">When it was first queued.</param>
public sealed record SuiteRecord(string Id, string Name, string File, string Source, bool IsCompatible, DateTimeOffset CreatedAt);

/// <summary>What is to be queued as a suite.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">Full path of the file: the same file is the same suite.</param>
/// <param name="Source">Its text.</param>
/// <param name="IsCompatible">Whether all its runs keep the semantics of TransBench.</param>
public sealed record SuiteText(string Name, string File, string Source, bool IsCompatible);

/// <summary>The suites of a store.</summary>
public interface ISuiteStore
{
    /// <summary>All suites, newest first.</summary>
    IReadOnlyList<SuiteRecord> Suites();

    /// <summary>The suite of a file, or null.</summary>
    /// <param name="file">Full path of the file.</param>
    SuiteRecord? FindSuite(string file);

    /// <summary>The suite of this id, or null.</summary>
    SuiteRecord? FindSuiteById(string id);

    /// <summary>Number of runs in each status, by suite id.</summary>
    IReadOnlyDictionary<string, IReadOnlyDictionary<RunStatus, int>> SuiteTallies();

    /// <summary>The runs of a suite, in its order.</summary>
    /// <param name="suite">Id of the suite.</param>
    /// <param name="former">Its runs as they were read before: those that have not changed since are not read again.</param>
    IReadOnlyList<RunRecord> RunsOf(string suite, IReadOnlyList<RunRecord>? former = null);

    /// <summary>Completed runs with one of these hashes that were trained here, newest first.</summary>
    IReadOnlyList<RunRecord> FindCompleted(IReadOnlyCollection<string> hashes);

    /// <summary>Makes the suite of a file, or brings it up to date, and queues runs in it, all in one transaction.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="added">Runs to be queued, with their places.</param>
    /// <param name="kept">Runs that it has already, with the places that they have from now on.</param>
    /// <returns>The suite, and the ids of the added runs in order.</returns>
    (SuiteRecord Suite, IReadOnlyList<RunId> Added) QueueSuite(SuiteText suite, IReadOnlyList<(RunSpec Spec, int Index)> added, IReadOnlyList<(RunId Id, int Index)> kept);
}
