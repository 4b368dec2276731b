using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>Scores of a group's heads are one product: the G = H/KV query heads of a kv head are stacked along the queries, so keys are never copied.</summary>
    internal Tensor AttentionReference(Tensor query, Tensor key, Tensor value, double keep)
    {
        var (batch, queries, heads, width) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        var (keys, groups) = (key.shape[1], key.shape[2]);
        var perGroup = heads / groups;
        var scaled = query * (1 / Math.Sqrt(width));
        var stacked = scaled.view(batch, queries, groups, perGroup, width).permute(0, 2, 3, 1, 4)
            .reshape(batch * groups, perGroup * queries, width);                                        // [B·KV, G·Q, dh]
        var k = key.permute(0, 2, 3, 1).reshape(batch * groups, width, keys);                           // [B·KV, dh, T]
        var v = value.permute(0, 2, 1, 3).reshape(batch * groups, keys, width);                         // [B·KV, T, dh]
        var scores = Product(stacked, k).view(batch * groups, perGroup, queries, keys);                 // [B·KV, G, Q, T]
        if (queries > 1)
        {
            scores = scores + CausalMask(queries, keys, scores);
        }

        var weights = scores.softmax(-1);
        if (keep < 1)
        {
            weights = nn.functional.dropout(weights, 1 - keep, training: true);
        }

        var mixed = Product(weights.view(batch * groups, perGroup * queries, keys), v);                 // [B·KV, G·Q, dh]
        return mixed.view(batch, groups, perGroup, queries, width).permute(0, 3, 1, 2, 4)
            .reshape(batch, queries, heads * width);                                                    // [B, Q, H·dh]
    }

    /// <summary>0 where query i may see key j, −∞ elsewhere; queries stand at the end of the keys.</summary>
    private static Tensor CausalMask(long queries, long keys, Tensor like) =>
        full([queries, keys], double.NegativeInfinity, dtype: like.dtype, device: like.device).triu(keys - queries + 1); // [Q, T]
}
