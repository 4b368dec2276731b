using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>
    /// Causal softmax attention with grouped heads: query head h reads kv head ⌊h·KV/H⌋ (Ainslie et al., 2023). Queries stand at the end of the keys:
    /// query i sees keys 0 … (T − Q) + i.
    /// </summary>
    /// <param name="query">[B, Q, H, E]</param>
    /// <param name="key">[B, T, KV, E], T ≥ Q.</param>
    /// <param name="value">[B, T, KV, Ev]; Ev may differ from E.</param>
    /// <param name="drop">Dropout of the attention weights, [B·KV, H / KV, Q, T]; none when absent.</param>
    /// <param name="scale">Factor of the products of queries and keys; 1/√E when absent.</param>
    /// <param name="bias">Added to the scores: four dimensions, broadcast to [B, H, Q, T]. −∞ hides a key; each row must keep one.</param>
    /// <returns>[B, Q, H · Ev]</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value, Func<Tensor, Tensor>? drop = null, double? scale = null, Tensor? bias = null)
    {
        if (Count is not null)
        {
            Count.Add(2 * query.shape[0] * query.shape[2] * CausalPairs(query.shape[1], key.shape[1]) * (query.shape[3] + value.shape[3]));
        }

        return AttentionReference(query, key, value, drop, scale ?? (1 / Math.Sqrt(query.shape[3])), bias);
    }

    /// <summary>The masked scores before the softmax, for diagnostics; not counted.</summary>
    /// <inheritdoc cref="Attention" path="/param"/>
    /// <returns>[B, H, Q, T]; −∞ where a query does not see a key.</returns>
    public Tensor AttentionLogits(Tensor query, Tensor key, double? scale = null, Tensor? bias = null)
    {
        var scores = Scores(query, key, scale ?? (1 / Math.Sqrt(query.shape[3])), bias);
        return scores.view(query.shape[0], query.shape[2], query.shape[1], key.shape[1]);
    }
}
