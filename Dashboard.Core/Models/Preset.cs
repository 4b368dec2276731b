namespace Crossbench.Models;

/// <summary>Settings under a name: a published size, or a mode of an earlier system.</summary>
/// <param name="Id">Its name: <c>smollm2-135m</c>.</param>
/// <param name="Title">Name for people.</param>
/// <param name="Settings">Paths and values of a run specification, as <c>--set</c> takes them.</param>
public sealed record Preset(string Id, string Title, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>TransBench's suite: the shape of its published table, no positions, and what else an architecture did differently there.</summary>
    /// <param name="further">Further settings.</param>
    public static Preset TransBench(params (string Path, string Value)[] further) => Of(
        "transbench",
        "TransBench's suite: d256 L6 H8 KV4, no positions",
        [
            ("shape.layers", "6"), ("shape.width", "256"), ("shape.heads", "8"), ("shape.kvHeads", "4"), ("shape.ffn", "512"), ("shape.contextLength", "256"),
            ("shape.vocabulary", "4096"), ("shape.positions", "none"), ("shape.bias", "true"), ("shape.tiedHead", "false"), .. further,
        ]);

    /// <summary>A preset.</summary>
    public static Preset Of(string id, string title, IEnumerable<(string Path, string Value)> settings) =>
        new(id, title, [.. settings.Select(item => new KeyValuePair<string, string>(item.Path, item.Value))]);
}
