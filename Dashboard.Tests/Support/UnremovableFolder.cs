using Xunit;

namespace Crossbench.Tests.Support;

/// <summary>A folder that cannot be removed, with a file in it: a mounted disk for root, whom permissions do not stop, else one without the right to write.</summary>
internal sealed class UnremovableFolder : IDisposable
{
    private readonly string _path;
    private readonly SmallDisk? _disk;

    public UnremovableFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path);
        if (Environment.IsPrivilegedProcess)
        {
            _disk = SmallDisk.TryMount(path, 64, out var reason);
            Assert.SkipWhen(_disk is null, reason);
        }

        File.WriteAllText(Path.Combine(path, "file"), "1234567");
        Assert.SkipWhen(_disk is null && OperatingSystem.IsWindows(), "Folders are kept by permissions of Unix here.");
        SetMode(UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose()
    {
        SetMode(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _disk?.Dispose();
    }

    private void SetMode(UnixFileMode mode)
    {
        if (_disk is null && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_path, mode);
        }
    }
}
