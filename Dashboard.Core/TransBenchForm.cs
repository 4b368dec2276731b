namespace Crossbench;

/// <summary>How TransBench calls an architecture or a dataset, and where its configuration keys go. Beside the thing itself, so that nothing else knows both names.</summary>
/// <param name="Names">What TransBench accepts for it, in lower case; its own name first, then aliases.</param>
public sealed record TransBenchForm(params IReadOnlyList<string> Names)
{
    /// <summary>Configuration keys and the options (without their section) that they set.</summary>
    public IReadOnlyList<(string Key, string Option)> Keys { get; init; } = [];

    /// <summary>Options that have this value in TransBench, where our default differs.</summary>
    public IReadOnlyList<(string Option, string Value)> Fixed { get; init; } = [];

    /// <summary>Whether TransBench trained it in place of the layer whose name it carries. Suites mean the layer, published reports the stand-in.</summary>
    public bool IsStandIn { get; init; }

    /// <summary>What a reader of results must know, in a sentence; null when nothing stands out.</summary>
    public string? Note { get; init; }
}
