using Crossbench.Datasets;

namespace Crossbench.Web;

/// <summary>How the pages are served.</summary>
/// <param name="Data">Where store, datasets and checkpoints are.</param>
/// <param name="Host">Address to listen on; anything but loopback asks browsers for a token.</param>
/// <param name="Port">Port to listen on; 0 takes a free one.</param>
internal sealed record ServeOptions(DataFolder Data, string Host = "127.0.0.1", int Port = ServeOptions.DefaultPort)
{
    /// <summary>The port when none is named.</summary>
    public const int DefaultPort = 5080;
}
