namespace Crossbench.Datasets.Corpora;

/// <summary>What a file of text is.</summary>
internal enum TextKind
{
    /// <summary>Text and nothing else.</summary>
    Plain,

    /// <summary>A JSON record on each line: .jsonl, .ndjson.</summary>
    JsonLines,

    /// <summary>A table with a header: .csv, .tsv.</summary>
    Table,
}

/// <summary>
/// The files of a text: one file, or the files of a folder (.txt; where there are none .jsonl, .ndjson, .csv and .tsv) in ordinal order of their names. Empty
/// files of a folder hold no document.
/// </summary>
/// <param name="Path">The path as given.</param>
/// <param name="IsFolder">Whether that is a folder.</param>
/// <param name="Files">The files, none of them empty.</param>
internal sealed record TextSource(string Path, bool IsFolder, IReadOnlyList<FileInfo> Files)
{
    private const int SampledFiles = 8;

    /// <summary>Files of records in a folder that are not read, because it has .txt files.</summary>
    public int PassedOver { get; private init; }

    /// <summary>Bytes in all files.</summary>
    public long Bytes => Files.Sum(file => file.Length);

    /// <summary>Finds the files and looks at some places in them, quickly enough for a form.</summary>
    /// <param name="path">The path.</param>
    /// <param name="wanted">What it may name, for messages.</param>
    /// <returns>The source, or what is wrong with it.</returns>
    public static (TextSource? Source, SpecProblem? Problem) Find(string path, string wanted = TextProblems.AnyText)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return (null, TextProblems.NotNamed(wanted));
        }

        try
        {
            var (source, problem) = Directory.Exists(path) ? InFolder(path) : File.Exists(path) ? OneFile(path) : (null, NotThere(path, wanted));
            problem ??= source!.Sample();
            return problem is null ? (source, null) : (null, problem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, TextProblems.Unreadable(path, e));
        }
    }

    /// <summary>What a file is, by its name.</summary>
    public static TextKind KindOf(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => TextKind.JsonLines,
        ".csv" or ".tsv" => TextKind.Table,
        _ => TextKind.Plain,
    };

    private static (TextSource? Source, SpecProblem? Problem) InFolder(string path)
    {
        var options = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, IgnoreInaccessible = false };
        var all = new DirectoryInfo(path).GetFiles("*", options);
        var files = Array.FindAll(all, file => file.Extension.Equals(".txt", StringComparison.OrdinalIgnoreCase));
        var records = Array.FindAll(all, file => KindOf(file) != TextKind.Plain);
        var passedOver = files.Length > 0 ? records.Length : 0;
        files = files.Length > 0 ? files : records;
        if (files.Length == 0)
        {
            return (null, TextProblems.NoTextInFolder(path));
        }

        Array.Sort(files, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        FileInfo[] full = [.. files.Where(file => !Utf8Text.IsEmpty(file))];
        return full.Length == 0 ? (null, TextProblems.Empty(path, folder: true)) : (new TextSource(path, true, full) { PassedOver = passedOver }, null);
    }

    private static (TextSource? Source, SpecProblem? Problem) OneFile(string path)
    {
        // The length is asked first: to open a pipe would wait for its other end.
        var file = new FileInfo(path);
        return Utf8Text.IsEmpty(file) ? (null, TextProblems.Empty(path, folder: false))
            : JsonFile.Is(file) ? (null, JsonFile.Problem(path))
            : (new TextSource(path, false, [file]), null);
    }

    private static SpecProblem NotThere(string path, string wanted)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
        {
            return TextProblems.Home(path, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]);
        }

        var folder = System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        var names = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFileSystemInfos().Take(1000).Select(entry => entry.Name) : [];
        var nearest = NearestWord.To(System.IO.Path.GetFileName(path.Trim()), names);
        return TextProblems.Missing(path, nearest is null ? null : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", nearest), wanted);
    }

    private SpecProblem? Sample()
    {
        var step = Math.Max(1, Files.Count / SampledFiles);
        for (var i = 0; i < Files.Count; i += step)
        {
            // Records are looked at one by one, so that broken ones can be left out.
            var problem = KindOf(Files[i]) == TextKind.Plain ? Utf8Text.Sample(Files[i].FullName) : Utf8Text.StartsAsUtf16(Files[i].FullName);
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }
}
