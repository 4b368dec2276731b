using System.Security.Cryptography;

namespace Crossbench.Training;

/// <summary>The checksums of a checkpoint's files, in the form that <c>sha256sum --check</c> reads: a line each file, the file <c>SHA256SUMS</c> beside them.</summary>
internal static class CheckpointSums
{
    private const string Name = "SHA256SUMS";
    private const string Between = "  ";

    /// <summary>Writes the sums of all files that are in a folder.</summary>
    public static void Write(string folder)
    {
        var lines = Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).Select(name => Of(Path.Combine(folder, name)) + Between + name);
        DurableFiles.Write(Path.Combine(folder, Name), string.Join('\n', [.. lines, ""]));
    }

    /// <summary>The sums that were written, by file; null when there is no list.</summary>
    /// <exception cref="InvalidDataException">The list is not of the form.</exception>
    public static Dictionary<string, string>? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            return null;
        }

        var sums = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            var parts = line.Split(Between, 2);
            if (parts is not [{ Length: 64 }, { Length: > 0 }] || !sums.TryAdd(parts[1], parts[0]))
            {
                throw new InvalidDataException($"{Name} has a line that is no checksum: {line}");
            }
        }

        return sums;
    }

    /// <summary>What is wrong with files for which these sums were written, in a clause; null when nothing is.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="sums">Sums by file.</param>
    /// <param name="needed">Files that must be among them.</param>
    public static string? Problem(string folder, Dictionary<string, string> sums, IEnumerable<string> needed)
    {
        foreach (var name in needed.Where(name => !sums.ContainsKey(name)))
        {
            return $"{name} has no checksum";
        }

        foreach (var (name, sum) in sums)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                return $"{name} is missing";
            }

            if (Of(path) is var found && found != sum)
            {
                return $"{name} has the SHA-256 {found}, and was saved with {sum}";
            }
        }

        return null;
    }

    private static string Of(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
