namespace Crossbench;

/// <summary>Why a file could not be used, in words for people rather than those of the runtime.</summary>
internal static class FileFault
{
    private const int DiskFull = 28;

    /// <summary>A clause without a full stop, to follow a colon.</summary>
    /// <param name="path">The file that was asked for.</param>
    /// <param name="fault">What opening, reading or writing it threw.</param>
    public static string Reason(string path, Exception fault) => fault switch
    {
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "its folder does not exist",
        UnauthorizedAccessException when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "permission denied",
        IOException { HResult: DiskFull } => "the disk is full",
        _ => fault.Message.TrimEnd('.'),
    };
}
