using System.Text;
using System.Text.RegularExpressions;
using Crossbench.Datasets;
using Crossbench.Reports;
using Crossbench.Suites;

namespace Crossbench.Web.Suites;

/// <summary>A suite file that pages can open.</summary>
/// <param name="Name">Its name, without the end of the file name.</param>
/// <param name="Path">Its full path.</param>
/// <param name="IsShipped">Whether it comes along with Crossbench and stays as it is.</param>
/// <param name="Purpose">What it says of itself in its first comment; may be empty.</param>
internal sealed record SuiteFile(string Name, string Path, bool IsShipped, string Purpose);

/// <summary>Suite files: those that come along with Crossbench, and those in the data folder.</summary>
/// <param name="data">The data folder.</param>
/// <param name="shipped">Where those are that come along; beside the program when absent.</param>
internal sealed partial class SuiteFolder(DataFolder data, string? shipped = null)
{
    /// <summary>Most bytes of a suite file.</summary>
    public const int MostBytes = 512 * 1024;

    private const string Extension = ".toml";
    private const int LongestName = 100;
    private readonly string _shipped = shipped ?? Path.Combine(AppContext.BaseDirectory, "suites");

    /// <summary>All files, by name; one of the data folder goes before one of the same name that comes along.</summary>
    public IReadOnlyList<SuiteFile> List() => [.. Files(data.Suites).Concat(Files(_shipped)).DistinctBy(file => file.Name).OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>The file of this name, or null.</summary>
    public SuiteFile? Find(string name) => List().FirstOrDefault(file => file.Name == name);

    /// <summary>The text of a file.</summary>
    /// <exception cref="SpecException">It cannot be read.</exception>
    public static string Read(SuiteFile file)
    {
        try
        {
            return File.ReadAllText(file.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(new SpecProblem("", $"{file.Path} cannot be read: {FileFault.Reason(file.Path, error)}.", "Make it readable, or put it back."));
        }
    }

    /// <summary>Where a suite of this name is kept.</summary>
    public string PathOf(string name) => Path.Combine(data.Suites, name + Extension);

    /// <summary>What is wrong with a name; null when it can be used.</summary>
    public static SpecProblem? ProblemOf(string name) => name.Length is > 0 and <= LongestName && Safe().IsMatch(name) ? null
        : new SpecProblem("", name.Length == 0 ? "The suite has no name." : $"\"{name}\" is no name for a suite file.", "Use letters, digits, spaces, - _ and dots inside, 100 characters at most.");

    /// <summary>Reads what a suite includes: only files that pages can open.</summary>
    /// <exception cref="IOException">It is none of them.</exception>
    public byte[] ReadIncluded(string path) => File.ReadAllBytes(Included(path) ?? throw new IOException("a suite made on a page includes only files of the list of suites, by name."));

    /// <summary>Reads what the file of a suite includes: what is there, else what the pages would have taken when they made the suite.</summary>
    /// <exception cref="IOException">It is neither.</exception>
    public byte[] ReadBeside(string path) => File.ReadAllBytes(File.Exists(path) ? path : Included(path) ?? path);

    /// <summary>Where a file of the list is that a suite of the data folder names; null when it names another.</summary>
    private string? Included(string path)
    {
        var name = Path.GetFileName(path);
        var isHere = string.Equals(Path.GetDirectoryName(Path.GetFullPath(path)), Path.GetFullPath(data.Suites), StringComparison.Ordinal);
        return isHere && name.EndsWith(Extension, StringComparison.Ordinal) ? Find(Path.GetFileNameWithoutExtension(name))?.Path : null;
    }

    /// <summary>Keeps a text under a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text.</param>
    /// <param name="opened">What the file of this name held when it was opened to be changed; null when it is to be new.</param>
    /// <returns>The path.</returns>
    /// <exception cref="SpecException">The name cannot be used, is taken, or the file cannot be written.</exception>
    public string Save(string name, string text, string? opened)
    {
        if (ProblemOf(name) is { } problem)
        {
            throw new SpecException(problem);
        }

        var path = PathOf(name);
        var known = Find(name);
        var there = known is null ? null : Read(known);
        if (there is not null && there != text && ObstacleOf(known!, opened, there) is { } obstacle)
        {
            throw new SpecException(obstacle);
        }

        if (!File.Exists(path) || there != text)
        {
            AtomicFile.Write(path, replace: true, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        return path;
    }

    /// <summary>What keeps a file of this name from being replaced.</summary>
    private static SpecProblem? ObstacleOf(SuiteFile file, string? opened, string there) =>
        file.IsShipped ? new SpecProblem("", $"{file.Name} comes along with Crossbench and stays as it is.", "Give the changed suite a name of its own.")
        : opened is null ? new SpecProblem("", $"There is a suite file {file.Name} with other content.", "Give another name, or open that file and change it.")
        : opened != there ? new SpecProblem("", $"{file.Name} was changed by somebody else meanwhile.", "Give another name, so that neither is lost.")
        : null;

    /// <summary>Expands a text as the suite of this name; the web process knows nothing of devices.</summary>
    public SuitePlan Expand(string name, string text) => SuiteExpander.Expand(PathOf(name.Length == 0 ? "suite" : name), Encoding.UTF8.GetBytes(text), new SuiteContext { ReadFile = ReadIncluded });

    private IEnumerable<SuiteFile> Files(string folder) => !Directory.Exists(folder) ? []
        : new DirectoryInfo(folder).EnumerateFiles("*" + Extension).Where(file => !file.Name.StartsWith('.')).Select(Look).OfType<SuiteFile>();

    /// <summary>A file as it is listed; null when it is too large, or was deleted just now.</summary>
    private SuiteFile? Look(FileInfo file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        try
        {
            return file.Length <= MostBytes ? new SuiteFile(name, file.FullName, IsShipped(file), PurposeOf(file.FullName)) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new SuiteFile(name, file.FullName, IsShipped: false, $"It cannot be read: {error.Message}");
        }
    }

    /// <summary>The folder of this program's source is a data folder too: what comes along lies in it, and is not the user's.</summary>
    private bool IsShipped(FileInfo file)
    {
        var original = Path.Combine(_shipped, file.Name);
        return file.FullName == original || (File.Exists(original) && File.ReadAllBytes(original).AsSpan().SequenceEqual(File.ReadAllBytes(file.FullName)));
    }

    private static string PurposeOf(string path) => File.ReadLines(path).Take(1).FirstOrDefault() is { } line && line.StartsWith('#') ? line.TrimStart('#', ' ') : "";

    [GeneratedRegex(@"\A[\p{L}\p{N}_]([\p{L}\p{N}_ .-]*[\p{L}\p{N}_-])?\z")]
    private static partial Regex Safe();
}
