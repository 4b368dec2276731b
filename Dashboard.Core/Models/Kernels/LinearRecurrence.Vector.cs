using static TorchSharp.torch;

namespace Crossbench.Models.Kernels;

public sealed partial class KernelSet
{
    /// <summary>
    /// Linear recurrence with a decay for each key channel and a bonus for the token itself: o_t = r_t S_{t−1} + b_t v_t,
    /// S_t = diag(e^{λ_t}) S_{t−1} + k_tᵀ v_t (RWKV-6, Peng et al., 2024). With P the sum of λ before a token and E that with it, token i reads token j &lt; i
    /// with weight Σ_c r_ic k_jc e^{P_ic − E_jc}. e^{−E} alone would overflow: pairs in one sub-chunk take the difference channel by channel, pairs in
    /// different ones meet at the start of the query's, so that no exponent is above 0. Sums of λ are fp64: after one strong decay, small differences between
    /// later sums would lose their digits in fp32.
    /// </summary>
    /// <param name="query">r, [B, T, H, K]</param>
    /// <param name="key">[B, T, H, K]</param>
    /// <param name="value">[B, T, H, V]</param>
    /// <param name="logDecay">λ ≤ 0 and finite, [B, T, H, K]</param>
    /// <param name="bonus">b, [B, T, H]</param>
    /// <param name="chunk">Tokens in a chunk, a multiple of the sub-chunk; changes the cost and, but for rounding, not the result.</param>
    /// <param name="subChunk">Tokens in a sub-chunk, 1 or more.</param>
    /// <param name="state">State before the first token, [B, H, K, V]; zeros when absent.</param>
    public Recurrence VectorRecurrence(
        Tensor query, Tensor key, Tensor value, Tensor logDecay, Tensor bonus, int chunk, int subChunk, Tensor? state = null)
    {
        var length = value.shape[1];
        var (size, part) = VectorSizes(length, chunk, subChunk);
        var (r, k, v) = (Chunks(query, size), Chunks(key, size), Chunks(value, size));               // [B, n, H, C, K], [B, n, H, C, V]
        var with = Chunks(logDecay, size).cumsum(3, ScalarType.Float64);                             // [B, n, H, C, K]
        var before = cat([zeros_like(with.narrow(3, 0, 1)), with.narrow(3, 0, size - 1)], 3);        // [B, n, H, C, K]
        var last = with.narrow(3, size - 1, 1);                                                      // [B, n, H, 1, K]
        var added = Product((k * Decay(last - with, k)).transpose(-1, -2), v);                         // [B, n, H, K, V]
        var (entering, final) = PassOn(added, Decay(last, k).transpose(-1, -2), state);              // [B, n, H, K, V], [B, H, K, V]
        var output = Product(r * Decay(before, r), entering) + Near(r, k, v, before, with, part);    // [B, n, H, C, V]
        if (size > part)
        {
            output = output + Far(r, k, v, before, with, part);
        }

        return new Recurrence(Joined(output, length) + (bonus.unsqueeze(-1) * value), final, entering);
    }

    /// <summary>Operations per token of <see cref="VectorRecurrence"/> on sequences of a length.</summary>
    /// <param name="length">T.</param>
    /// <param name="chunk">Tokens in a chunk.</param>
    /// <param name="subChunk">Tokens in a sub-chunk.</param>
    /// <param name="keys">H · K, width of all keys.</param>
    /// <param name="values">H · V, width of all values.</param>
    /// <param name="keyWidth">K.</param>
    internal static double VectorRecurrenceFlops(int length, int chunk, int subChunk, double keys, double values, double keyWidth)
    {
        var (size, part) = VectorSizes(length, chunk, subChunk);
        return Math.Ceiling((double)length / size) * size / length * (((size + part) * (keys + values)) + (4 * keyWidth * values));
    }

    /// <summary>Chunk and sub-chunk, cut down to what a sequence needs.</summary>
    private static (long Chunk, long SubChunk) VectorSizes(long length, long chunk, long subChunk)
    {
        var part = Math.Min(subChunk, length);
        return (Math.Min(chunk / subChunk * part, (length + part - 1) / part * part), part);
    }

    /// <summary>e^x of sums in fp64, in the type of the values that it multiplies.</summary>
    private static Tensor Decay(Tensor sums, Tensor like) => sums.to(like.dtype).exp();

    /// <summary>Outputs from earlier tokens of the same sub-chunk.</summary>
    /// <returns>[B, n, H, C, V]</returns>
    private Tensor Near(Tensor r, Tensor k, Tensor v, Tensor before, Tensor with, long part)
    {
        Tensor Parts(Tensor x) => x.view(x.shape[0], x.shape[1], x.shape[2], -1, part, x.shape[4]);    // [B, n, H, a, c, width]
        var earlier = full([part, part], double.NegativeInfinity, dtype: r.dtype, device: r.device).triu().unsqueeze(-1);
        var between = ((Parts(before).unsqueeze(-2) - Parts(with).unsqueeze(-3)).to(r.dtype) + earlier).exp(); // [B, n, H, a, c, c, K]
        var weights = (between * Parts(r).unsqueeze(-2) * Parts(k).unsqueeze(-3)).sum(-1);             // [B, n, H, a, c, c]
        Count?.Add(2.0 * between.numel());
        return Product(weights, Parts(v)).view(v.shape);
    }

    /// <summary>Outputs from earlier sub-chunks of the same chunk.</summary>
    /// <returns>[B, n, H, C, V]</returns>
    private Tensor Far(Tensor r, Tensor k, Tensor v, Tensor before, Tensor with, long part)
    {
        var outputs = new List<Tensor> { zeros_like(v.narrow(3, 0, part)) };
        for (var first = part; first < v.shape[3]; first += part)
        {
            var start = before.narrow(3, first, 1);                                                    // [B, n, H, 1, K]
            var query = r.narrow(3, first, part) * Decay(before.narrow(3, first, part) - start, r);    // [B, n, H, c, K]
            var key = k.narrow(3, 0, first) * Decay(start - with.narrow(3, 0, first), k);              // [B, n, H, first, K]
            outputs.Add(Product(Product(query, key.transpose(-1, -2)), v.narrow(3, 0, first)));
        }

        return cat(outputs, 3);
    }
}
