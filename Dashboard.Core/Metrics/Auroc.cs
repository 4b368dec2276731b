namespace Crossbench.Metrics;

/// <summary>Area under the receiver operating characteristic.</summary>
public static class Auroc
{
    /// <summary>Chance that a positive is larger than a negative, ties counting half (Mann and Whitney, 1947).</summary>
    /// <param name="positives">Values of the positives, at least one.</param>
    /// <param name="negatives">Values of the negatives, at least one.</param>
    /// <returns>In [0, 1]; 0.5 without separation.</returns>
    public static double Of(IReadOnlyCollection<float> positives, IReadOnlyCollection<float> negatives)
    {
        var sorted = positives.Select(value => (value, isPositive: true)).Concat(negatives.Select(value => (value, isPositive: false))).OrderBy(item => item.value).ToArray();
        var (rankSum, first) = (0.0, 0);
        while (first < sorted.Length)
        {
            var end = first;
            while (end < sorted.Length && sorted[end].value.Equals(sorted[first].value))
            {
                end++;
            }

            rankSum += (first + 1 + end) / 2.0 * sorted.AsSpan(first, end - first).ToArray().Count(item => item.isPositive);
            first = end;
        }

        double n = positives.Count;
        return (rankSum - (n * (n + 1) / 2)) / (n * negatives.Count);
    }
}
