using System.Globalization;

namespace Crossbench.Datasets.Corpora;

/// <summary>Files that are made once and kept in the data folder.</summary>
internal static class PreparedFile
{
    private const string Unfinished = ".partial";

    /// <summary>
    /// The path of a prepared file; it is written first if it is not there. It is written under another name and renamed when it is whole and on the disk, so
    /// that what carries its name is whole. Two processes may write it at once; the last wins, with the same bytes.
    /// </summary>
    /// <exception cref="SpecException">The folder cannot be written.</exception>
    public static string Get(DataFolder folder, string name, Action<Stream> write)
    {
        var path = Path.Combine(folder.Datasets, name);
        if (File.Exists(path))
        {
            return path;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            RemoveAbandoned(Path.GetDirectoryName(path)!, Path.GetFileName(name));
            Write(path, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(TextProblems.FolderNotWritable(folder.Datasets, e));
        }

        return path;
    }

    private static void Write(string path, Action<Stream> write)
    {
        var partial = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}{Unfinished}");
        try
        {
            // Open until it has its name: a file that nobody has open counts as abandoned.
            using var stream = new PreparedStream(partial);
            write(stream);
            stream.Flush(flushToDisk: true);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            // Nothing to do after the rename; after a fault the unfinished file goes.
            File.Delete(partial);
        }
    }

    /// <summary>Removes what killed processes left. A file that can be locked has no living writer.</summary>
    private static void RemoveAbandoned(string folder, string name)
    {
        foreach (var partial in Directory.GetFiles(folder, $"{name}.*{Unfinished}"))
        {
            try
            {
                using (new FileStream(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    File.Delete(partial);
                }
            }
            catch (IOException)
            {
                // Another process is writing it, or has just finished.
            }
        }
    }
}

/// <summary>The file that is being prepared. Its own faults carry their name, so that who reads a source meanwhile does not take them for those of the source.</summary>
internal sealed class PreparedStream(string path) : FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16)
{
    // Spans come this way too: a derived stream has them copied.
    public override void Write(byte[] buffer, int offset, int count)
    {
        try
        {
            base.Write(buffer, offset, count);
        }
        catch (IOException fault)
        {
            throw NotWritable(fault);
        }
    }

    public override void Flush(bool flushToDisk)
    {
        try
        {
            base.Flush(flushToDisk);
        }
        catch (IOException fault)
        {
            throw NotWritable(fault);
        }
    }

    private SpecException NotWritable(IOException fault) => new(TextProblems.FolderNotWritable(System.IO.Path.GetDirectoryName(Name)!, fault));
}
