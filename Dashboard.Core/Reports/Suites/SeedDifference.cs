namespace Crossbench.Reports.Suites;

/// <summary>The mean difference of two specifications of the same data, paired by seed: both saw the same tokens in the same order, which <see cref="SuiteMatrix"/> sees to.</summary>
/// <param name="Seeds">Seeds that both have.</param>
/// <param name="Mean">Mean of the differences.</param>
/// <param name="Low">Lower end of the simultaneous 95 % interval; null below <see cref="LeastSeeds"/>.</param>
/// <param name="High">Its upper end.</param>
public sealed record SeedDifference(int Seeds, double Mean, double? Low, double? High)
{
    /// <summary>Seeds from which on there is an interval; fewer decide nothing.</summary>
    public const int LeastSeeds = 3;

    private const double Error = 0.05;

    /// <summary>Whether the interval lies below zero or above it.</summary>
    public bool LeavesZero => Low > 0 || High < 0;

    /// <summary>The difference of values by seed; null where no seed is shared.</summary>
    /// <param name="values">Values of one specification.</param>
    /// <param name="baseline">Values of the other, which are subtracted.</param>
    /// <param name="comparisons">Comparisons shown together: all their intervals hold at once with 95 % (Bonferroni).</param>
    public static SeedDifference? Of(IReadOnlyDictionary<long, double> values, IReadOnlyDictionary<long, double> baseline, int comparisons)
    {
        var differences = values.Where(pair => baseline.ContainsKey(pair.Key)).Select(pair => pair.Value - baseline[pair.Key]).ToArray();
        if (differences.Length == 0)
        {
            return null;
        }

        var (mean, low, high) = SeedGroup.Summarise(differences, Error / Math.Max(1, comparisons));
        return differences.Length < LeastSeeds ? new SeedDifference(differences.Length, mean!.Value, null, null) : new SeedDifference(differences.Length, mean!.Value, low, high);
    }
}
