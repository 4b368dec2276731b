using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// Linear distance penalties in place of position embeddings (Press et al., 2022): −m_h (i − j) is added to the score of query i and key j, with the slopes
/// m_h = 2^(−8(h+1)/H) for every number of heads H. (The authors' code interleaves two series when H is not a power of two; this does not.)
/// </summary>
internal static class Alibi
{
    /// <summary>Slope of a head.</summary>
    /// <param name="head">0-based head, h.</param>
    /// <param name="heads">Number of heads, H.</param>
    public static double Slope(int head, int heads) => Math.Pow(2, -8.0 * (head + 1) / heads);

    /// <summary>The penalties of queries that stand at the end of the keys. Values at keys after the query are positive: a mask has to hide them.</summary>
    /// <returns>[1, H, Q, T]</returns>
    public static Tensor Bias(int heads, long queries, long keys, Tensor like)
    {
        var distance = RelativePositions.Distances(queries, keys, like.device).to(like.dtype);  // [Q, T]
        return Slopes(heads, like).view(1, heads, 1, 1) * -distance;                            // [1, H, Q, T]
    }

    /// <summary>m_h · j, which differs from the penalties by what is constant for a query, and so gives the same weights.</summary>
    /// <returns>[1, T, H, 1]</returns>
    public static Tensor KeyColumn(int heads, long keys, Tensor like) =>
        arange(keys, dtype: like.dtype, device: like.device).view(1, keys, 1, 1) * Slopes(heads, like).view(1, 1, heads, 1);

    private static Tensor Slopes(int heads, Tensor like) =>
        tensor(Enumerable.Range(0, heads).Select(head => Slope(head, heads)).ToArray()).to(like.dtype, like.device); // [H]
}
