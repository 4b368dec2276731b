using System.Diagnostics;

namespace Crossbench.Tests.Support;

/// <summary>A disk of a few hundred KiB, mounted below a folder; only root may.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Ballast = "ballast";

    private SmallDisk(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts one; null, with the reason, where that is not possible.</summary>
    public static SmallDisk? TryMount(string path, int kibibytes, out string reason)
    {
        Directory.CreateDirectory(path);
        reason = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", path) : "Only root on Linux mounts a small disk.";
        return reason.Length == 0 ? new SmallDisk(path) : null;
    }

    /// <summary>Takes all room that is left but so many bytes.</summary>
    public void Fill(long left)
    {
        using var file = File.Create(System.IO.Path.Combine(Path, Ballast));
        file.SetLength(0);
        var free = new DriveInfo(Path).AvailableFreeSpace - left;
        var block = new byte[4096];
        for (; free >= block.Length; free -= block.Length)
        {
            file.Write(block);
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(System.IO.Path.Combine(Path, Ballast));

    public void Dispose() => Run("umount", "--lazy", Path);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : errors.Trim() + ".";
    }
}
