using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>
/// Rules by which the tokens with the largest scores are kept. Scores take no gradient here. Equal tokens have equal scores up to the rounding of matrix
/// products, so no rule may hang on the last bits: a batch and a single row round differently.
/// </summary>
internal static class TokenSelection
{
    /// <summary>Scores this close count as equal; the earlier token then wins.</summary>
    public const double Margin = 1e-6;

    private const double Quantum = 1 << 20;

    /// <summary>Tokens kept of the first <paramref name="length"/>: max(1, ⌊r · length⌋), computed in fp64.</summary>
    public static long CountFor(long length, double ratio) => Math.Max(1, (long)(ratio * length));

    /// <summary>Share that the rule of <see cref="CausalRank"/> keeps when scores are exchangeable: the mean of k_t/(t + 1). Repeated tokens lower it.</summary>
    public static double CausalShare(int length, double ratio) => Enumerable.Range(1, length).Average(seen => (double)CountFor(seen, ratio) / seen);

    /// <summary>The k largest of the whole sequence, the future included: scores are rounded to multiples of 2⁻²⁰, and of equal ones the earlier wins.</summary>
    /// <param name="scores">[B, T]</param>
    /// <param name="count">k, at most T.</param>
    /// <returns>[B, T] bool</returns>
    public static Tensor Largest(Tensor scores, long count)
    {
        var length = scores.shape[1];
        var place = arange(length, dtype: ScalarType.Int64, device: scores.device);
        var keys = ((scores.to(ScalarType.Float64) * Quantum) + 0.5).floor().to(ScalarType.Int64) * length - place; // [B, T], all different
        var last = keys.topk((int)count).values.narrow(1, count - 1, 1);                                           // [B, 1]
        return keys >= last;
    }

    /// <summary>Decided once, on arrival: token t is kept when its rank among the tokens up to t is at most max(1, ⌊r(t + 1)⌋). The first is always kept.</summary>
    /// <param name="scores">[B, P], of all tokens so far.</param>
    /// <param name="first">Position of the first token to decide on.</param>
    /// <param name="ratio">r.</param>
    /// <returns>[B, P − first] bool</returns>
    public static Tensor CausalRank(Tensor scores, long first, double ratio)
    {
        var count = scores.shape[1] - first;
        var own = scores.narrow(1, first, count).unsqueeze(2) - Margin;                                   // [B, Q, 1]
        var earlier = ones([count, scores.shape[1]], ScalarType.Bool, scores.device).tril(first - 1);     // [Q, P]
        var rank = ((scores.unsqueeze(1) >= own) & earlier).sum(-1) + 1;                                  // [B, Q]
        return rank <= Limits(first, count, ratio, scores.device);
    }

    /// <summary>Decided anew at every position: token j is seen by i when its rank among the tokens up to i is at most max(1, ⌊r(i + 1)⌋).</summary>
    /// <param name="scores">[B, P], of all tokens so far.</param>
    /// <param name="first">Position of the first query.</param>
    /// <param name="ratio">r.</param>
    /// <returns>[B, P − first, P] bool; false for j &gt; i.</returns>
    public static Tensor Prefix(Tensor scores, long first, double ratio)
    {
        var (length, count) = (scores.shape[1], scores.shape[1] - first);
        var (other, own) = (scores.unsqueeze(2), scores.unsqueeze(1));                                     // [B, P, 1] and [B, 1, P]
        var all = ones([length, length], ScalarType.Bool, scores.device);
        var wins = ((other >= own - Margin) & all.triu(1)) | ((other > own + Margin) & all.tril(-1));      // [B, u, j]: u stands before j
        var rank = wins.to(ScalarType.Int64).cumsum(1).narrow(1, first, count) + 1;                        // [B, Q, P]
        return (rank <= Limits(first, count, ratio, scores.device).unsqueeze(-1)) & all.tril().narrow(0, first, count);
    }

    /// <summary>Number kept of the tokens up to each position.</summary>
    /// <returns>[Q] int64</returns>
    private static Tensor Limits(long first, long count, double ratio, Device device) =>
        tensor(Enumerable.Range(0, (int)count).Select(i => CountFor(first + i + 1, ratio)).ToArray()).to(device);
}
