using Crossbench.Datasets;
using Crossbench.Launching;

namespace Crossbench.Web;

/// <summary>How the pages are served.</summary>
/// <param name="Data">Where store, datasets and checkpoints are.</param>
/// <param name="Host">Address to listen on; anything but loopback asks browsers for a token.</param>
/// <param name="Port">Port to listen on; 0 takes a free one.</param>
/// <param name="UploadLimit">Most bytes of a file that a page takes.</param>
internal sealed record ServeOptions(DataFolder Data, string Host = "127.0.0.1", int Port = ServeOptions.DefaultPort, long UploadLimit = ServeOptions.DefaultUploadMebibytes * ServeOptions.Mebibyte)
{
    /// <summary>Runs at a time on each device.</summary>
    public DeviceSlots Slots { get; init; } = new();

    /// <summary>How long the queue waits for workers.</summary>
    public WorkerPatience Patience { get; init; } = new();

    /// <summary>Bytes in a mebibyte.</summary>
    public const long Mebibyte = 1 << 20;

    /// <summary>The upload limit when none is named, in MiB.</summary>
    public const int DefaultUploadMebibytes = 2048;

    /// <summary>The port when none is named.</summary>
    public const int DefaultPort = 5080;
}
