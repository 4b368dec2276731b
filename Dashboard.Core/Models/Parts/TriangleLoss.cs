using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Crossbench.Models.Parts;

/// <summary>Distance that the triangle loss looks at.</summary>
public enum TriangleDistance
{
    /// <summary>The distance of the scores, which is a square: the loss penalises obtuse angles.</summary>
    Score,

    /// <summary>Its root, which is a metric: the inequality holds, and the loss is rounding.</summary>
    Sqrt,
}

/// <summary>How far triples of keys (a, b, c) of one sequence break the triangle inequality: relu(D_ac − D_ab − D_bc).</summary>
internal static class TriangleLoss
{
    /// <summary>Name of the auxiliary loss.</summary>
    public const string Name = "triangle";

    // Below this share of the largest distance an excess is rounding.
    private const double Rounding = 1e-5;

    /// <summary>Places of triples, the same in all sequences and heads.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="name">Which attention they are for.</param>
    /// <param name="samples">n.</param>
    /// <param name="length">T.</param>
    /// <returns>[3, n] int64</returns>
    public static Tensor Sample(ForwardContext context, string name, int samples, long length) =>
        context.Noise.Integers($"{Name}/{name}", context.Layer, length, 3, samples);

    /// <summary>Mean over sequences, heads and triples.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="distance">Its distance, or the root of it.</param>
    /// <param name="keys">Features of keys, [B, T, KV, dh].</param>
    /// <param name="triples">[3, n] int64</param>
    /// <returns>A scalar.</returns>
    public static Tensor Of(AttentionMetric metric, TriangleDistance distance, Tensor keys, Tensor triples) => functional.relu(Excess(metric, distance, keys, triples).Excess).mean();

    /// <summary>Share of triples that break the inequality by more than rounding.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    /// <returns>A scalar.</returns>
    public static Tensor ViolationRate(AttentionMetric metric, TriangleDistance distance, Tensor keys, Tensor triples)
    {
        var (excess, across) = Excess(metric, distance, keys, triples);
        return (excess > across.max() * Rounding).to(keys.dtype).mean();
    }

    private static (Tensor Excess, Tensor Across) Excess(AttentionMetric metric, TriangleDistance distance, Tensor keys, Tensor triples)
    {
        var places = triples.to(keys.device);
        var (a, b, c) = (places[0], places[1], places[2]);
        var from = keys.index_select(1, cat([a, a, b]));                    // [B, 3n, KV, dh]
        var to = keys.index_select(1, cat([c, b, c]));
        var sides = MetricScores.Between(metric, from, to);                 // [B, 3n, KV]
        if (distance == TriangleDistance.Sqrt)
        {
            sides = sides.clamp(min: 1e-24.ToScalar()).sqrt();              // a root of 0 has no gradient
        }

        var parts = sides.chunk(3, 1);                                      // [B, n, KV] each
        return (parts[0] - parts[1] - parts[2], parts[0]);
    }
}
