using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>Weights of branches, token by token.</summary>
internal static class MoaRouting
{
    /// <summary>Shares of the branches: a softmax, of which the largest are kept and renormalised.</summary>
    /// <param name="scores">[B, T, n]</param>
    /// <param name="kept">Branches kept; 0 or n for all.</param>
    /// <returns>[B, T, n]</returns>
    public static Tensor Weights(Tensor scores, int kept)
    {
        var weights = scores.softmax(-1);
        if (kept == 0 || kept == scores.shape[^1])
        {
            return weights;
        }

        var (values, places) = weights.topk(kept);                                      // [B, T, kept]
        return zeros_like(weights).scatter(-1, places, values / values.sum(-1, keepdim: true));
    }

    /// <summary>Weighted sum of branches, each an ablation point.</summary>
    /// <param name="names">Ablation points of the branches.</param>
    /// <param name="branches">[B, T, d] each.</param>
    /// <param name="weights">[B, T, n]</param>
    /// <param name="context">Context of the pass.</param>
    /// <returns>[B, T, d]</returns>
    public static Tensor Sum(IReadOnlyList<string> names, Tensor[] branches, Tensor weights, ForwardContext context)
    {
        Tensor? sum = null;
        for (var i = 0; i < branches.Length; i++)
        {
            var (branch, weight) = (context.Intervene(names[i], branches[i]), weights.narrow(-1, i, 1));
            sum = sum is null ? branch * weight : sum.addcmul(branch, weight, 1);       // [B, T, d]
        }

        return sum!;
    }
}
