namespace Crossbench.Models;

/// <summary>One parameter tensor of a model, known without building the model.</summary>
/// <param name="Name">Its name in the state dictionary and in weight files: <c>layers.0.attn.q.weight</c>.</param>
/// <param name="Extents">Its dimensions, in torch's layout (out × in), as the sizes that they come from: none for a single number.</param>
/// <param name="Part">The part of the model that it is counted under: "Attention".</param>
public sealed record ParameterShape(string Name, IReadOnlyList<Extent> Extents, string Part)
{
    /// <summary>Its shape.</summary>
    public IReadOnlyList<long> Shape { get; } = [.. Extents.Select(extent => extent.Value)];

    /// <summary>How its initial values are drawn; by the usual rule when absent: matrices N(0, σ²), biases 0, norm weights 1.</summary>
    public Initial? Initial { get; init; }

    /// <summary>Whether weight decay applies: to matrices that are no biases.</summary>
    public bool Decays { get; init; } = Extents.Count >= 2 && !Name.EndsWith("bias", StringComparison.Ordinal);

    /// <summary>Whether it is a buffer: saved with the weights, moved by no gradient, and not counted.</summary>
    public bool IsBuffer { get; init; }

    /// <summary>Number of scalars.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The same with the letters of the sizes.</summary>
    internal Extent Extent => Extents.Aggregate((Extent)1, (product, extent) => product * extent);
}

/// <summary>What a model costs, by arithmetic alone.</summary>
/// <param name="Parameters">Every parameter tensor, in order.</param>
/// <param name="ForwardFlops">Floating-point operations of the forward pass per token, at the average causal context of a full sequence; 1 multiply-add = 2.</param>
/// <param name="StateBytes">Bytes of decoding state (fp32) per sequence at full context.</param>
public sealed record ModelCost(IReadOnlyList<ParameterShape> Parameters, double ForwardFlops, long StateBytes)
{
    /// <summary>Number of scalars in all parameters; a tied weight counts once.</summary>
    public long ParameterCount => Parameters.Where(parameter => !parameter.IsBuffer).Sum(parameter => parameter.Count);

    /// <summary>Operations of the forward pass per token that only training has: a second pass over noised inputs.</summary>
    public double TrainingOnlyFlops { get; init; }

    /// <summary>Floating-point operations of one training step per token: forward, and twice that backward.</summary>
    public double TrainingFlops => 3 * (ForwardFlops + TrainingOnlyFlops);

    /// <summary>Parameters by part of the model, in order of first appearance.</summary>
    public IReadOnlyList<(string Part, long Count)> Parts =>
        [.. Parameters.Where(parameter => !parameter.IsBuffer).GroupBy(parameter => parameter.Part).Select(group => (group.Key, group.Sum(parameter => parameter.Count)))];
}
