using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>0 where query i may see key j, −∞ elsewhere; queries stand at the end of the keys.</summary>
    /// <returns>[Q, T]</returns>
    internal static Tensor CausalMask(long queries, long keys, Tensor like) =>
        full([queries, keys], double.NegativeInfinity, dtype: like.dtype, device: like.device).triu(keys - queries + 1);

    private Tensor AttentionReference(Tensor query, Tensor key, Tensor value, Func<Tensor, Tensor>? drop, double scale, Tensor? bias)
    {
        var (batch, queries, heads) = (query.shape[0], query.shape[1], query.shape[2]);
        var (keys, groups, width) = (key.shape[1], key.shape[2], value.shape[3]);
        var perGroup = heads / groups;
        var v = value.permute(0, 2, 1, 3).reshape(batch * groups, keys, width);                         // [B·KV, T, Ev]
        var weights = Scores(query, key, scale, bias).softmax(-1);                                      // [B·KV, G, Q, T]
        if (drop is not null)
        {
            weights = drop(weights);
        }

        var mixed = Rounded(weights.view(batch * groups, perGroup * queries, keys), v);                 // [B·KV, G·Q, Ev]
        return mixed.view(batch, groups, perGroup, queries, width).permute(0, 3, 1, 2, 4)
            .reshape(batch, queries, heads * width);                                                    // [B, Q, H·Ev]
    }

    /// <summary>Scores of a group's heads are one product: the G = H/KV query heads of a kv head are stacked along the queries, so keys are never copied.</summary>
    /// <returns>[B·KV, G, Q, T]</returns>
    private Tensor Scores(Tensor query, Tensor key, double scale, Tensor? bias)
    {
        var (batch, queries, heads, width) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        var (keys, groups) = (key.shape[1], key.shape[2]);
        var perGroup = heads / groups;
        var stacked = (query * scale).view(batch, queries, groups, perGroup, width).permute(0, 2, 3, 1, 4)
            .reshape(batch * groups, perGroup * queries, width);                                        // [B·KV, G·Q, E]
        var k = key.permute(0, 2, 3, 1).reshape(batch * groups, width, keys);                           // [B·KV, E, T]
        var scores = Rounded(stacked, k).view(batch * groups, perGroup, queries, keys);                 // [B·KV, G, Q, T]
        if (bias is not null)
        {
            var byHead = bias.shape[1] == 1 ? bias : bias.expand(-1, heads, -1, -1);
            var grouped = byHead.shape[1] == 1 ? byHead.unsqueeze(1) : byHead.reshape(bias.shape[0], groups, perGroup, bias.shape[2], bias.shape[3]);
            scores = (scores.view(batch, groups, perGroup, queries, keys) + grouped).view(batch * groups, perGroup, queries, keys);
        }

        return queries > 1 ? scores + CausalMask(queries, keys, scores) : scores;
    }
}
