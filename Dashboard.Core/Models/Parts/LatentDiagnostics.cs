using Crossbench.Metrics;
using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using static TorchSharp.torch;

namespace Crossbench.Models.Parts;

/// <summary>What latent attention tells about its latents and its scores.</summary>
internal static class LatentDiagnostics
{
    private const string Norm = "latentNorm";
    private const string Rank = "latentRank";
    private const string Share = "positionShare";

    /// <summary>The metrics.</summary>
    public static IReadOnlyList<MetricSpec> All { get; } =
    [
        new(Norm, "Latent norm", "", "Mean length of the latent of keys and values; √r_kv at initialisation.") { Scope = MetricScope.Layer },
        new(Rank, "Effective rank of latents", "", "exp of the entropy of the spectrum of the latents' covariance: how many directions they use.") { Scope = MetricScope.Layer, AtEvaluation = true },
        new(Share, "Positional share of scores", "", "Variance of the positional part of each head's scores over the sum of both parts' variances; 0 when positions play no role.")
        {
            Scope = MetricScope.Head, Form = MetricForm.Vector, Range = MetricRange.Share, AtEvaluation = true,
        },
    ];

    /// <summary>Measures one layer.</summary>
    /// <param name="context">Context of the pass.</param>
    /// <param name="latents">[B, T, r_kv]</param>
    /// <param name="nope">Queries and keys without positions, [B, T, H, n].</param>
    /// <param name="rope">Positional queries, [B, T, H, p], and keys, [B, T, 1, p].</param>
    public static void Write(ForwardContext context, Tensor latents, (Tensor Query, Tensor Key) nope, (Tensor Query, Tensor Key) rope)
    {
        if (context.Diagnostics is not { } writer)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        writer.Scalar(Norm, latents.norm(-1).mean());
        if (writer.Takes(Rank))
        {
            writer.Scalar(Rank, EffectiveRank(latents.view(-1, latents.shape[2])));
            var ofPositions = Variance(context.Kernels.AttentionLogits(rope.Query, rope.Key, 1));
            writer.Vector(Share, ofPositions / (ofPositions + Variance(context.Kernels.AttentionLogits(nope.Query, nope.Key, 1))));
        }
    }

    /// <summary>exp(−Σ p ln p) of the shares p of the eigenvalues of the covariance (Roy and Vetterli, 2007).</summary>
    /// <param name="vectors">[N, r]</param>
    /// <returns>1 … r; 1 also for vectors that are all the same.</returns>
    internal static double EffectiveRank(Tensor vectors)
    {
        var centred = vectors.detach().to(ScalarType.Float64) - vectors.detach().to(ScalarType.Float64).mean([0]);
        var width = (int)vectors.shape[1];
        var covariance = matmul(centred.transpose(0, 1), centred).cpu().contiguous().data<double>().ToArray(); // [r, r]
        var spectrum = Matrix<double>.Build.Dense(width, width, covariance).Evd(Symmetricity.Symmetric).EigenValues.Select(value => Math.Max(0, value.Real)).ToArray();
        var total = spectrum.Sum();
        return total <= 0 ? 1 : Math.Exp(-spectrum.Where(value => value > 0).Sum(value => value / total * Math.Log(value / total)));
    }

    /// <summary>Variance of each head's scores over the pairs that the causal mask lets through.</summary>
    /// <param name="scores">[B, H, T, T]; −∞ where a query does not see a key.</param>
    /// <returns>[H]</returns>
    private static Tensor Variance(Tensor scores)
    {
        var seen = scores.isfinite();
        var values = scores.masked_fill(seen.logical_not(), 0);
        var count = seen.sum([0, 2, 3]);                                  // [H]
        var mean = values.sum([0, 2, 3]) / count;                         // [H]
        return (values.square().sum([0, 2, 3]) / count) - mean.square();
    }
}
