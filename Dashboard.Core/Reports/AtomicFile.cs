using System.Security.Cryptography;

namespace Crossbench.Reports;

/// <summary>Files that are there whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file beside its place and then moves it there, so that no reader meets half of it.</summary>
    /// <param name="path">Its path; folders above it are made.</param>
    /// <param name="replace">Whether a file that is there already may go.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="SpecException">It is there already, or cannot be written.</exception>
    public static void Write(string path, bool replace, Action<Stream> write)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var partial = Path.Combine(folder, $".{Path.GetFileName(path)}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.partial");
        try
        {
            Directory.CreateDirectory(folder);
            try
            {
                using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(partial, path, replace);
            }
            finally
            {
                File.Delete(partial);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(!replace && File.Exists(path) ? IsThere(path) : new SpecProblem("--output", $"{path} cannot be written: {FileFault.Reason(path, error)}.", "Name another place, or make room."));
        }
    }

    /// <summary>The problem of files that would be overwritten; none when they may be.</summary>
    /// <param name="paths">Where something is to be written.</param>
    /// <param name="replace">Whether files that are there already may go.</param>
    public static IEnumerable<SpecProblem> Obstacles(IEnumerable<string> paths, bool replace) => replace ? [] : paths.Where(File.Exists).Select(IsThere);

    private static SpecProblem IsThere(string path) => new("--output", $"{path} is there already.", "Add --replace to write over it, or name another place.");
}
