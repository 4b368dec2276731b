using System.Security.Cryptography;
using System.Text;

namespace Crossbench.Datasets.Corpora;

/// <summary>The files of a text: one file, or the .txt files directly in a folder in ordinal order of their names. Empty files of a folder hold no document.</summary>
/// <param name="Path">The path as given.</param>
/// <param name="IsFolder">Whether that is a folder.</param>
/// <param name="Files">The files, none of them empty.</param>
internal sealed record TextSource(string Path, bool IsFolder, IReadOnlyList<FileInfo> Files)
{
    private const int SampledFiles = 8;
    private const int HashedBlock = 1 << 16;

    /// <summary>Bytes in all files.</summary>
    public long Bytes => Files.Sum(file => file.Length);

    /// <summary>Finds the files and looks at some places in them, quickly enough for a form.</summary>
    /// <returns>The source, or what is wrong with it.</returns>
    public static (TextSource? Source, SpecProblem? Problem) Find(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return (null, TextProblems.NotNamed);
        }

        try
        {
            var (source, problem) = Directory.Exists(path) ? InFolder(path) : File.Exists(path) ? OneFile(path) : (null, NotThere(path));
            problem ??= source!.Sample();
            return problem is null ? (source, null) : (null, problem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, TextProblems.Unreadable(path, e));
        }
    }

    /// <summary>A name that changes when the files change: by paths, sizes, times, and a hash of their first, middle and last 64 KiB.</summary>
    /// <param name="form">What is made of the files; another form has another name.</param>
    public string Fingerprint(string form)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(form));
        var block = new byte[HashedBlock];
        foreach (var file in Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\0{file.FullName}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\0"));
            using var handle = File.OpenHandle(file.FullName);
            foreach (var offset in new[] { 0, (file.Length - HashedBlock) / 2, file.Length - HashedBlock }.Distinct().Where(offset => offset >= 0))
            {
                var read = RandomAccess.Read(handle, block, offset);
                hash.AppendData(block, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static (TextSource? Source, SpecProblem? Problem) InFolder(string path)
    {
        var options = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = false };
        var files = new DirectoryInfo(path).GetFiles("*.txt", options);
        if (files.Length == 0)
        {
            return (null, TextProblems.NoTextInFolder(path));
        }

        Array.Sort(files, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        FileInfo[] full = [.. files.Where(file => file.Length > 0)];
        return full.Length == 0 ? (null, TextProblems.Empty(path, folder: true)) : (new TextSource(path, true, full), null);
    }

    private static (TextSource? Source, SpecProblem? Problem) OneFile(string path)
    {
        // The length is asked first: to open a pipe would wait for its other end.
        var file = new FileInfo(path);
        return file.Length == 0 ? (null, TextProblems.Empty(path, folder: false)) : (new TextSource(path, false, [file]), null);
    }

    private static SpecProblem NotThere(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
        {
            return TextProblems.Home(path, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]);
        }

        var folder = System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        var names = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFileSystemInfos().Take(1000).Select(entry => entry.Name) : [];
        var nearest = NearestWord.To(System.IO.Path.GetFileName(path.Trim()), names);
        return TextProblems.Missing(path, nearest is null ? null : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", nearest));
    }

    private SpecProblem? Sample()
    {
        var step = Math.Max(1, Files.Count / SampledFiles);
        for (var i = 0; i < Files.Count; i += step)
        {
            if (Utf8Text.Sample(Files[i].FullName) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}
