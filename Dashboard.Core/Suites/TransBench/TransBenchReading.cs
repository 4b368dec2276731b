using Crossbench.Training;

namespace Crossbench.Suites.TransBench;

/// <summary>A setting that a TransBench configuration stands for.</summary>
/// <param name="Path">Path of a run specification, as in <c>--set</c>.</param>
/// <param name="Text">Its value.</param>
/// <param name="Key">The TransBench key (or alias) that was given for it; null where it comes from a default of TransBench or from what TransBench always does.</param>
public sealed record TransBenchSetting(string Path, string Text, string? Key);

/// <summary>What surrounds a configuration.</summary>
public sealed record TransBenchContext
{
    /// <summary>
    /// Whether <c>mamba2</c>, <c>rwkv6</c> and <c>retnet</c> mean the stand-ins that TransBench trained under these names, as in its published reports. In suites
    /// they mean the real layers.
    /// </summary>
    public bool StandIns { get; init; }

    /// <summary>Whether it is the configuration of a report: what is about runs to come is no note then.</summary>
    public bool IsOfReport { get; init; }

    /// <summary>Settings (path, text) that go over the configuration, such as those of <c>--set</c>; what they replace is no problem.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; init; } = new Dictionary<string, string>();
}

/// <summary>A TransBench configuration in our terms. Its semantics are kept: ids modulo the vocabulary, scored padding, no positions and all else that such runs are marked for.</summary>
/// <param name="Settings">Every setting, those of TransBench's defaults too; overrides are not among them.</param>
/// <param name="Problems">What cannot be mapped: unknown keys, values that TransBench would silently change, what we refuse. Paths are TransBench's keys.</param>
/// <param name="Notes">What differs from TransBench or must be known, one sentence each.</param>
public sealed record TransBenchReading(IReadOnlyList<TransBenchSetting> Settings, IReadOnlyList<SpecProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>The key that was given for a path of ours; null where none was.</summary>
    public string? KeyOf(string path) => Settings.LastOrDefault(setting => setting.Path == path)?.Key;

    /// <summary>The specification, with the problems of the mapping and all that <see cref="RunSpecReader"/> finds.</summary>
    /// <param name="over">Settings that go over the configuration.</param>
    public SpecReading Read(params IEnumerable<KeyValuePair<string, string>> over)
    {
        var reading = RunSpecReader.Read([.. Settings.Select(setting => new KeyValuePair<string, string>(setting.Path, setting.Text)), .. over]);
        return reading with { Problems = [.. Problems, .. reading.Problems] };
    }
}
