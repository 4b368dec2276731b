using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>
    /// Causal softmax attention with grouped heads: query head h reads kv head ⌊h·KV/H⌋ (Ainslie et al., 2023). Queries stand at the end of the keys:
    /// query i sees keys 0 … (T − Q) + i.
    /// </summary>
    /// <param name="query">[B, Q, H, dh]</param>
    /// <param name="key">[B, T, KV, dh], T ≥ Q.</param>
    /// <param name="value">[B, T, KV, dh]</param>
    /// <param name="keep">Share of attention weights kept by dropout, in (0, 1]; 1 for none. Draws from the global generator.</param>
    /// <returns>[B, Q, H · dh]</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value, double keep = 1) => AttentionReference(query, key, value, keep);
}
