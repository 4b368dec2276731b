namespace Crossbench.Datasets.Downloads;

/// <summary>When a download waits, tries again and gives up.</summary>
internal sealed record DownloadLimits
{
    /// <summary>Longest time without a byte.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Fruitless attempts in a row, after which it gives up; one that brought <see cref="Worth"/> bytes is not fruitless.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Wait before the second attempt; each further wait is twice as long.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between attempts, also when the server asks for more.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often it is asked whether to go on.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes that make an attempt worth its while.</summary>
    public long Worth { get; init; } = 1 << 20;

    /// <summary>Most redirects of one request.</summary>
    public int Redirects { get; init; } = 10;

    /// <summary>Opens what there is of a download, or begins it; tests stand a full disk in for it.</summary>
    public Func<string, FileStream> Open { get; init; } = path => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1);

    /// <summary>Free bytes on the disk of a folder.</summary>
    public Func<string, long> Room { get; init; } = folder => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
}
