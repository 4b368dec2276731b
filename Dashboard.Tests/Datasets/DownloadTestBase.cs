using Crossbench.Datasets;
using Crossbench.Datasets.Downloads;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Datasets;

/// <summary>A file on a server of the test's own, and a place for it.</summary>
public abstract class DownloadTestBase : IDisposable
{
    protected const int Half = 150_000;
    protected static readonly byte[] Content = RandomBytes(1, 300_001);
    protected static readonly byte[] Newer = RandomBytes(2, 300_001);
    private protected static readonly DownloadLimits Quick = new()
    {
        Stall = TimeSpan.FromSeconds(20), Attempts = 3, Backoff = TimeSpan.FromMilliseconds(5), LongestWait = TimeSpan.FromMilliseconds(20), Tick = TimeSpan.FromMilliseconds(5),
    };

    protected TempFolder Folder { get; } = new();

    protected TaskCompletionSource ServerGoesOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected string Target => Folder.File("in/file.txt");

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static byte[] RandomBytes(int seed, int count)
    {
        var (random, bytes) = (new RandomStreams(seed).Stream("bytes"), new byte[count]);
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)random.NextInt32(256);
        }

        return bytes;
    }

    private protected static Downloader Create(DownloadLimits limits) => new(HubClient.Network, limits, TimeProvider.System);

    private protected void Get(HubServer server, PreparationProgress? progress = null, DownloadLimits? limits = null) => Create(limits ?? Quick).Get(new Uri(server.Address, "file"), Target, progress ?? ((_, _) => { }));

    /// <summary>Lets the server go on when so much has arrived.</summary>
    protected PreparationProgress Arrived(int bytes) => (_, share) =>
    {
        if (share * Content.Length >= bytes - 1)
        {
            ServerGoesOn.TrySetResult();
        }
    };

    protected void AssertWhole(byte[] expected)
    {
        Assert.Equal(expected, File.ReadAllBytes(Target));
        Assert.Equal(["file.txt", "file.txt.lock", "file.txt.source.json"], Directory.GetFiles(Path.GetDirectoryName(Target)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    protected void AssertRefused(HubServer server, string words, int requests)
    {
        var problem = Assert.Single(Assert.Throws<SpecException>(() => Get(server)).Problems);
        Assert.Equal($"file.txt cannot be downloaded from {new Uri(server.Address, "file")}: {words}.", problem.Reason);
        Assert.Equal(requests, server.Requests.Length);
        Assert.False(File.Exists(Target));
    }
}
