using System.Text.Json.Serialization;
using Crossbench.Models.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>A distance of queries and keys that attention scores by.</summary>
public enum AttentionMetric
{
    /// <summary>D = ‖q − k‖²</summary>
    L2,

    /// <summary>D = 1 − cos(q, k)</summary>
    Cosine,

    /// <summary>D = Σ_c w_c (q_c − k_c)², with learned weights w.</summary>
    [JsonStringEnumMemberName("maha")]
    Mahalanobis,
}

/// <summary>
/// Scores of metric attention: −α D/√dh for l2 and maha, −α √dh D for cosine. Queries and keys come as features in which D is the squared Euclidean
/// distance: as they are (l2), times √w (maha), at length 1 (cosine, where D is half of it).
/// </summary>
internal static class MetricScores
{
    /// <summary>x / √(‖x‖² + 10⁻¹²): x at length 1.</summary>
    public static Tensor Unit(Tensor x, KernelSet kernels)
    {
        var width = x.shape[^1];
        return kernels.RmsNorm(x, full(width, 1 / Math.Sqrt(width), dtype: x.dtype, device: x.device), 1e-12 / width);
    }

    /// <summary>
    /// Wider queries and keys whose product is the score, up to a constant for each query, which softmax does not see:
    /// −α‖q − k‖²/√dh = [2αq/√dh, −α/√dh] · [k, ‖k‖²] − α‖q‖²/√dh.
    /// </summary>
    /// <param name="metric">The distance.</param>
    /// <param name="query">Features, [B, Q, H, dh].</param>
    /// <param name="key">Features, [B, T, KV, dh].</param>
    /// <param name="alpha">α, broadcast to [B, Q, H].</param>
    /// <returns>[B, Q, H, E] and [B, T, KV, E]: E is dh + 1, for cosine dh. The product is not to be scaled.</returns>
    public static (Tensor Query, Tensor Key) Fold(AttentionMetric metric, Tensor query, Tensor key, Tensor alpha)
    {
        var root = Math.Sqrt(query.shape[3]);
        if (metric == AttentionMetric.Cosine)
        {
            return (query * (alpha * root).unsqueeze(-1), key);
        }

        var slope = (alpha / root).unsqueeze(-1).expand(query.shape[0], query.shape[1], query.shape[2], 1);
        return (cat([query * (2 * slope), -slope], -1), cat([key, key.square().sum(-1, keepdim: true)], -1));
    }

    /// <summary>Width of folded queries and keys.</summary>
    public static int FoldedWidth(AttentionMetric metric, int headWidth) => metric == AttentionMetric.Cosine ? headWidth : headWidth + 1;

    /// <summary>The factor of α D in the scores.</summary>
    public static double Slope(AttentionMetric metric, long headWidth) => metric == AttentionMetric.Cosine ? -Math.Sqrt(headWidth) : -1 / Math.Sqrt(headWidth);

    /// <summary>D of every query and key, for diagnostics.</summary>
    /// <inheritdoc cref="Fold" path="/param"/>
    /// <returns>[B, H, Q, T]</returns>
    public static Tensor Distances(AttentionMetric metric, Tensor query, Tensor key)
    {
        var q = query.transpose(1, 2);                                                                  // [B, H, Q, dh]
        var k = key.transpose(1, 2);                                                                    // [B, KV, T, dh]
        var dots = matmul(q, k.transpose(2, 3));                                                        // [B, H, Q, T]
        if (metric == AttentionMetric.Cosine)
        {
            return 1 - dots;
        }

        var squares = q.square().sum(-1, keepdim: true) + k.square().sum(-1).unsqueeze(2);              // [B, H, Q, T]
        return (squares - (2 * dots)).clamp(min: 0.ToScalar());
    }

    /// <summary>D of pairs of keys.</summary>
    /// <returns>The shape of the features without their last dimension.</returns>
    public static Tensor Between(AttentionMetric metric, Tensor left, Tensor right) => (left - right).square().sum(-1) * (metric == AttentionMetric.Cosine ? 0.5 : 1);
}
