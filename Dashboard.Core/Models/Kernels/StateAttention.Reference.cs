using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>Plain causal attention over the entries s_0, h_0, s_1, h_1, … with two equal queries a token, of which the one at the state's place is thrown away.</summary>
    private Tensor StateAttentionReference(Tensor query, Tensor key, Tensor value, StateScores scores)
    {
        var (batch, queries, heads, width) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        var doubled = stack([query, query], 2).view(batch, 2 * queries, heads, width);                  // [B, 2Q, H, E]
        var added = StateScoresReference(queries, key.shape[1] / 2, query, scores);                     // [1, 1, 2Q, 2N]
        var mixed = AttentionReference(doubled, key, value, null, 1 / Math.Sqrt(width), added);         // [B, 2Q, H·Ev]
        return mixed.view(batch, queries, 2, mixed.shape[2]).select(2, 1);                              // [B, Q, H·Ev]
    }

    /// <summary>The same with older states hidden; those before the queries are not known, and not needed.</summary>
    private Tensor OwnStateAttentionReference(Tensor query, Tensor key, Tensor value, Tensor stateKey, Tensor stateValue, StateScores scores)
    {
        var hidden = full([1, 1], double.NegativeInfinity, dtype: query.dtype, device: query.device);
        return StateAttentionReference(query, Interleaved(stateKey, key), Interleaved(stateValue, value), scores with { Older = hidden });
    }

    /// <summary>States and tokens in turn, with zeros for states that are not given.</summary>
    /// <param name="states">[B, Q, KV, E], of the last tokens.</param>
    /// <param name="tokens">[B, N, KV, E]</param>
    /// <returns>[B, 2N, KV, E]</returns>
    internal static Tensor Interleaved(Tensor states, Tensor tokens)
    {
        var missing = tokens.shape[1] - states.shape[1];
        var all = missing == 0 ? states : cat([zeros_like(tokens.narrow(1, 0, missing)), states], 1);   // [B, N, KV, E]
        return stack([all, tokens], 2).view(tokens.shape[0], 2 * tokens.shape[1], tokens.shape[2], tokens.shape[3]);
    }

    private static Tensor StateScoresReference(long queries, long tokens, Tensor like, StateScores scores)
    {
        var none = zeros([1, 1], dtype: like.dtype, device: like.device);
        var entry = arange(2 * tokens, device: like.device).unsqueeze(0);                               // [1, 2N]
        var own = (arange(2 * queries, device: like.device).unsqueeze(1) + (2 * (tokens - queries))).div(2.ToScalar(), RoundingMode.floor);
        var isState = entry % 2 == 0;
        var isOlder = isState & (entry.div(2.ToScalar(), RoundingMode.floor) < own);
        return (where(isState, scores.All ?? none, none) + where(isOlder, scores.Older ?? none, none)).unsqueeze(0).unsqueeze(0);
    }
}
