using System.Diagnostics;

namespace Crossbench.Datasets;

/// <summary>A file that data were prepared into.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="IsNew">Whether it was made now, and not found.</param>
public sealed record PreparedDataFile(string Path, long Bytes, bool IsNew);

/// <summary>What the preparation of a dataset came to.</summary>
/// <param name="Files">The files that are read from now on; none where the data are made as they are read.</param>
/// <param name="Tokens">Tokens in them, where the data has an end.</param>
/// <param name="Documents">Documents in them, where the data has such.</param>
/// <param name="Notes">What a user should know of how the data came about.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record PreparedData(IReadOnlyList<PreparedDataFile> Files, long? Tokens, long? Documents, IReadOnlyList<string> Notes, TimeSpan Elapsed)
{
    /// <summary>Prepares a dataset, and opens it once to see that all is there.</summary>
    /// <param name="setup">The dataset.</param>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it early; nothing half-made is left behind, but for the part of a download that has arrived, which a later one goes on with.</param>
    /// <exception cref="SpecException">The data cannot be used after all.</exception>
    public static PreparedData Make(DatasetSetup setup, DataFolder folder, PreparationProgress progress, CancellationToken cancellation)
    {
        var before = Directory.Exists(folder.Datasets) ? Directory.EnumerateFiles(folder.Datasets, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc) : [];
        var started = Stopwatch.GetTimestamp();
        setup.Dataset.Prepare(folder, setup.Options, (what, share) =>
        {
            cancellation.ThrowIfCancellationRequested();
            progress(what, share);
        });
        cancellation.ThrowIfCancellationRequested();
        using var stream = setup.Dataset.Open(folder, setup.Options, setup.ContextLength, setup.Vocabulary);
        return new PreparedData(
            [.. stream.PreparedFiles.Select(path => new PreparedDataFile(path, new FileInfo(path).Length, !before.TryGetValue(path, out var written) || File.GetLastWriteTimeUtc(path) != written))],
            stream.Tokens,
            stream.Documents,
            stream.Notes,
            Stopwatch.GetElapsedTime(started));
    }
}
