using MathNet.Numerics.Distributions;

namespace Crossbench.Statistics;

/// <summary>
/// The mean over all tokens of sequences that hold different numbers of them, with its 95 % interval. A sequence is drawn as a whole, so the mean is a ratio of
/// two sums over sequences, r = Σ wᵢvᵢ / Σ wᵢ with tokens wᵢ and mean values vᵢ, and its standard error is the linearised one of a ratio estimator:
/// s² = n / (n − 1) · Σ wᵢ²(vᵢ − r)² / (Σ wᵢ)² (Cochran, Sampling Techniques, 3rd edition, 1977, section 6.4, without correction for a finite population), with
/// Student's t of n − 1 degrees of freedom. With equal tokens it is the t interval of an ordinary mean.
/// </summary>
/// <param name="Mean">The mean over tokens.</param>
/// <param name="Low">Lower end of its interval; null of fewer than two sequences.</param>
/// <param name="High">Upper end.</param>
public sealed record ClusterMean(double Mean, double? Low, double? High)
{
    private const double Quantile = 0.975;

    /// <summary>The mean of sequences; null without a token.</summary>
    /// <param name="sequences">The mean value of each sequence and its tokens.</param>
    public static ClusterMean? Of(IReadOnlyList<(double Value, double Tokens)> sequences)
    {
        var tokens = sequences.Sum(sequence => sequence.Tokens);
        if (tokens <= 0)
        {
            return null;
        }

        var mean = sequences.Sum(sequence => sequence.Value * sequence.Tokens) / tokens;
        if (sequences.Count < 2)
        {
            return new ClusterMean(mean, null, null);
        }

        var squares = sequences.Sum(sequence => Math.Pow(sequence.Tokens * (sequence.Value - mean), 2));
        var error = Math.Sqrt(squares * sequences.Count / (sequences.Count - 1)) / tokens;
        var half = StudentT.InvCDF(0, 1, sequences.Count - 1, Quantile) * error;
        return new ClusterMean(mean, mean - half, mean + half);
    }
}
