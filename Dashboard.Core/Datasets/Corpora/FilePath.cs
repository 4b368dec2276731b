namespace Crossbench.Datasets.Corpora;

/// <summary>Paths as users type them.</summary>
internal static class FilePath
{
    /// <summary>A full path: a relative one starts at the working directory, <c>~/</c> at the home folder. What cannot be a path stays as it is.</summary>
    public static string Anchor(string typed)
    {
        var path = typed.Trim();
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return typed;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path);
    }
}
