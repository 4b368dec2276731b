namespace Crossbench;

/// <summary>Why a file could not be used, in words for people rather than those of the runtime.</summary>
public static class FileFault
{
    /// <summary>ENOSPC of Linux and macOS, EDQUOT of both, and ERROR_DISK_FULL of Windows.</summary>
    private static readonly int[] DiskFull = [28, 122, 69, unchecked((int)0x80070070)];

    /// <summary>Whether a disk (or somebody's share of it) had no room left.</summary>
    public static bool IsDiskFull(Exception fault) => fault is IOException && DiskFull.Contains(fault.HResult);

    /// <summary>A clause without a full stop, to follow a colon.</summary>
    /// <param name="path">The file that was asked for.</param>
    /// <param name="fault">What opening, reading or writing it threw.</param>
    public static string Reason(string path, Exception fault) => fault switch
    {
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "its folder does not exist",
        UnauthorizedAccessException when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "permission denied",
        IOException when IsDiskFull(fault) => "the disk is full",
        _ => fault.Message.TrimEnd('.'),
    };
}
