namespace Crossbench.Training;

/// <summary>
/// Counts durations in bins that grow by half a percent, so that quantiles of any number of them are known to that precision in constant memory. From a
/// microsecond to a week; what lies outside counts as the nearest end.
/// </summary>
internal sealed class DurationHistogram
{
    private const double Smallest = 1e-6;
    private const double Growth = 1.005;
    private readonly long[] _counts = new long[1 + (int)(Math.Log(7 * 86400 / Smallest) / Math.Log(Growth))];

    /// <summary>How many were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a duration.</summary>
    public void Add(double seconds)
    {
        var bin = seconds <= Smallest ? 0 : (int)(Math.Log(seconds / Smallest) / Math.Log(Growth));
        _counts[Math.Min(bin, _counts.Length - 1)]++;
        Count++;
    }

    /// <summary>The duration that a share of all does not exceed: the nearest rank. NaN without any.</summary>
    public double Quantile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var bin = 0; bin < _counts.Length; bin++)
        {
            seen += _counts[bin];
            if (seen >= rank)
            {
                return Smallest * Math.Pow(Growth, bin + 0.5);
            }
        }

        return double.NaN;
    }
}
