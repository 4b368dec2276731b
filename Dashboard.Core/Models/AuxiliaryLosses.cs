using Crossbench.Metrics;
using static TorchSharp.torch;

namespace Crossbench.Models;

/// <summary>An auxiliary loss of an architecture: its name, its weight λ and its ramp.</summary>
/// <param name="Name">Name in metrics: <c>gate</c> gives <c>aux.gate.raw</c> and <c>aux.gate.scaled</c>.</param>
/// <param name="Weight">λ, 0 or more.</param>
/// <param name="Warmup">Steps over which the weight rises linearly from 0; 0 for none.</param>
public sealed record AuxiliaryTerm(string Name, double Weight, int Warmup)
{
    /// <summary>Share of the weight that applies at a step: min(1, step / warm-up), 1 without warm-up.</summary>
    /// <param name="step">0-based optimiser step.</param>
    public double ScaleAt(long step) => Warmup <= 0 ? 1 : Math.Min(1, (double)step / Warmup);

    /// <summary>The two metrics of an auxiliary loss: raw, and as it enters the training loss.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="label">Name for people.</param>
    /// <param name="help">One sentence on how to read it.</param>
    public static IReadOnlyList<MetricSpec> Metrics(string name, string label, string help) =>
    [
        new($"aux.{name}.raw", label, "", help) { Kind = MetricKind.Loss },
        new($"aux.{name}.scaled", label + ", scaled", "nats", $"{label} times its weight and its ramp: what is added to the training loss.") { Kind = MetricKind.Loss },
    ];
}

/// <summary>The auxiliary losses of one forward pass. Those of one name are averaged over the layers that gave them.</summary>
public sealed class AuxiliaryLosses
{
    private readonly List<(AuxiliaryTerm Term, Tensor Raw)> _terms = [];

    /// <summary>Adds the raw (unscaled) loss of one layer.</summary>
    /// <param name="term">Which loss it is.</param>
    /// <param name="raw">A scalar.</param>
    public void Add(AuxiliaryTerm term, Tensor raw) => _terms.Add((term, raw));

    /// <summary>Means over layers, by name, in order of first appearance.</summary>
    public IReadOnlyList<(AuxiliaryTerm Term, Tensor Raw)> Means =>
        [.. _terms.GroupBy(item => item.Term).Select(group => (group.Key, group.Count() == 1 ? group.First().Raw : stack(group.Select(item => item.Raw)).mean()))];

    /// <summary>Forgets all.</summary>
    internal void Clear() => _terms.Clear();
}
