using System.Globalization;

namespace Crossbench.Datasets.Imports;

/// <summary>A file that was imported.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its full path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Since">When it came.</param>
public sealed record ImportedFile(string Name, string Path, long Bytes, DateTimeOffset Since);

/// <summary>Told how much of a file has come.</summary>
/// <param name="bytes">Bytes so far.</param>
public delegate void ImportProgress(long bytes);

/// <summary>
/// Files that users have uploaded, kept in a folder of the data folder. A file is written under another name and renamed when it is whole and on the disk, so that
/// what carries its name is whole.
/// </summary>
/// <param name="data">The data folder.</param>
/// <param name="time">The clock.</param>
public sealed class ImportFolder(DataFolder data, TimeProvider time)
{
    internal const string Unfinished = ".partial";
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);
    private const int Block = 1 << 16;
    private const int Exists = 17;
    private const int ExistsOnWindows = unchecked((int)0x80070050);

    /// <summary>The folder itself.</summary>
    public string Root => Path.Combine(data.Datasets, "imports");

    /// <summary>All files that are whole, by name.</summary>
    public IReadOnlyList<ImportedFile> List() => !Directory.Exists(Root) ? [] :
    [
        .. new DirectoryInfo(Root).EnumerateFiles()
            .Where(file => !file.Name.EndsWith(Unfinished, StringComparison.Ordinal))
            .OrderBy(file => file.Name, StringComparer.OrdinalIgnoreCase)
            .Select(file => new ImportedFile(file.Name, file.FullName, file.Length, file.LastWriteTimeUtc)),
    ];

    /// <summary>The file of this name, or null; a name with a folder in it is never found.</summary>
    public ImportedFile? Find(string name) => List().FirstOrDefault(file => file.Name == name);

    /// <summary>Deletes a file.</summary>
    /// <returns>False when it was not there any more.</returns>
    /// <exception cref="SpecException">It cannot be deleted.</exception>
    public bool Delete(string name)
    {
        if (Find(name) is not { } file)
        {
            return false;
        }

        try
        {
            File.Delete(file.Path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem("", $"\"{name}\" cannot be deleted: {FileFault.Reason(file.Path, e)}.", "Make its folder writable for the user that runs this program."));
        }
    }

    /// <summary>Keeps a file under its name, made safe, or under that name with a number where there is one already.</summary>
    /// <param name="sent">The name that was sent.</param>
    /// <param name="source">What is in it.</param>
    /// <param name="length">How long it must be to be whole.</param>
    /// <param name="progress">Told how much has come.</param>
    /// <param name="cancellation">Ends it early; nothing is kept then.</param>
    /// <exception cref="SpecException">It is empty, it ended early, or it cannot be written.</exception>
    public async Task<ImportedFile> SaveAsync(string sent, Stream source, long length, ImportProgress? progress, CancellationToken cancellation)
    {
        var name = ImportName.Safe(sent);
        if (length == 0)
        {
            throw new SpecException(new SpecProblem("", $"\"{name}\" is empty.", "Choose a file with text in it."));
        }

        var partial = Path.Combine(Root, $".{Guid.NewGuid():N}{Unfinished}");
        try
        {
            Directory.CreateDirectory(Root);
            RemoveAbandoned();
            await WriteAsync(partial, name, source, length, progress, cancellation);
            return Settle(partial, name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(NotKept(name, FileFault.Reason(Root, e)));
        }
        finally
        {
            // Nothing to do after the rename; whatever went wrong, the unfinished file goes.
            File.Delete(partial);
        }
    }

    /// <summary>Opens the unfinished file; tests stand a full disk in for it.</summary>
    internal Func<string, Stream> Create { get; init; } = path => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, Block);

    private async Task WriteAsync(string partial, string name, Stream source, long length, ImportProgress? progress, CancellationToken cancellation)
    {
        await using var file = Create(partial);
        var (block, written) = (new byte[Block], 0L);
        while (await source.ReadAsync(block, cancellation) is var read and > 0)
        {
            await file.WriteAsync(block.AsMemory(0, read), cancellation);
            written += read;
            progress?.Invoke(written);
        }

        if (written != length)
        {
            throw new SpecException(NotKept(name, string.Create(CultureInfo.InvariantCulture, $"it ended after {written:N0} of {length:N0} bytes")));
        }

        await file.FlushAsync(cancellation);
        if (file is FileStream onDisk)
        {
            await Task.Run(() => onDisk.Flush(flushToDisk: true), cancellation);
        }
    }

    /// <summary>Gives the finished file the first free name. Renaming would replace what is there, so whoever takes a name holds a claim to it meanwhile.</summary>
    private ImportedFile Settle(string partial, string name)
    {
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(Root, ImportName.Numbered(name, number));
            using var claim = TryClaim(Path.GetFileName(path));
            if (claim is null || Path.Exists(path))
            {
                continue;
            }

            File.Move(partial, path, overwrite: false);
            var kept = new FileInfo(path);
            return new ImportedFile(kept.Name, kept.FullName, kept.Length, kept.LastWriteTimeUtc);
        }
    }

    private FileStream? TryClaim(string name)
    {
        try
        {
            return new FileStream(Path.Combine(Root, $".{name}{Unfinished}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException taken) when (taken.HResult is Exists or ExistsOnWindows)
        {
            return null;
        }
    }

    /// <summary>Removes what killed processes left: nothing has been written to it for long, and nobody holds it.</summary>
    private void RemoveAbandoned()
    {
        var before = time.GetUtcNow() - Abandoned;
        foreach (var partial in new DirectoryInfo(Root).GetFiles($".*{Unfinished}").Where(file => file.LastWriteTimeUtc < before))
        {
            try
            {
                using (new FileStream(partial.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    partial.Delete();
                }
            }
            catch (IOException)
            {
                // Somebody is slowly writing it, or it has just gone.
            }
        }
    }

    private static SpecProblem NotKept(string name, string reason) => new("", $"\"{name}\" was not kept: {reason}.", "Nothing of it is left. Make sure that there is room in the data folder, and upload it again.");
}
