namespace Crossbench.Datasets.Corpora;

/// <summary>Paths as users type them.</summary>
internal static class FilePath
{
    private const string FileScheme = "file://";

    /// <summary>
    /// A full path: a relative one starts at the working directory, <c>~/</c> at the home folder. A pasted one may stand in quotes or be the address of a file.
    /// What cannot be a path stays as it is.
    /// </summary>
    public static string Anchor(string typed)
    {
        var path = Plain(typed.Trim());
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return typed;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path);
    }

    /// <summary>Without quotes around it, unless a file is called so, and without <c>file://</c> before it.</summary>
    private static string Plain(string path)
    {
        if (path is ['"', _, .., '"'] or ['\'', _, .., '\''] && !Path.Exists(path))
        {
            path = path[1..^1].Trim();
        }

        return path.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(path, UriKind.Absolute, out var address) && address is { IsFile: true, IsUnc: false } ? address.LocalPath : path;
    }
}
