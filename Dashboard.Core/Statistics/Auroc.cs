namespace Crossbench.Statistics;

/// <summary>
/// Area under the receiver operating characteristic of a value as a detector of positives among negatives, beside what it would be if the labels within each
/// sequence were shuffled. The shuffles keep what differs between sequences, so a value that only tells sequences apart is no detector.
/// </summary>
/// <param name="Value">Chance that a positive is larger than a negative, ties counting half (Mann and Whitney, 1947); 0.5 without separation.</param>
/// <param name="NullMean">Its mean over all shuffles.</param>
/// <param name="NullDeviation">Its standard deviation over all shuffles.</param>
public sealed record Auroc(double Value, double NullMean, double NullDeviation)
{
    private const double Quantile = 1.959963984540054;

    /// <summary>Lower end of the range that holds 95 % of the shuffles, by the normal approximation.</summary>
    public double NullLow => Math.Max(0, NullMean - (Quantile * NullDeviation));

    /// <summary>Upper end of that range.</summary>
    public double NullHigh => Math.Min(1, NullMean + (Quantile * NullDeviation));

    /// <summary>Works it out; null without a positive or without a negative.</summary>
    /// <param name="values">A value for each token, sequence after sequence.</param>
    /// <param name="isPositive">Which tokens are positives.</param>
    /// <param name="isNegative">Which tokens are negatives; the others do not count.</param>
    /// <param name="sequenceLength">Tokens of a sequence.</param>
    public static Auroc? Of(ReadOnlySpan<float> values, ReadOnlySpan<bool> isPositive, ReadOnlySpan<bool> isNegative, int sequenceLength)
    {
        var labelled = new List<int>(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            if (isPositive[i] || isNegative[i])
            {
                labelled.Add(i);
            }
        }

        var ranks = Ranks(values, labelled);
        var positives = 0L;
        var (observed, mean, variance) = (0.0, 0.0, 0.0);
        for (var begin = 0; begin < labelled.Count;)
        {
            var end = begin;
            var (count, sum, squares, size) = (0, 0.0, 0.0, 0);
            for (; end < labelled.Count && labelled[end] / sequenceLength == labelled[begin] / sequenceLength; end++)
            {
                var isOne = isPositive[labelled[end]];
                (count, observed) = (count + (isOne ? 1 : 0), observed + (isOne ? ranks[end] : 0));
                (sum, squares, size) = (sum + ranks[end], squares + (ranks[end] * ranks[end]), size + 1);
            }

            // Moments of the sum of a sample without replacement: what shuffling gives.
            positives += count;
            mean += count * sum / size;
            variance += size == 1 ? 0 : count * (double)(size - count) / (size - 1) * Math.Max(0, (squares / size) - (sum / size * (sum / size)));
            begin = end;
        }

        var negatives = labelled.Count - positives;
        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        var (least, pairs) = (positives * (positives + 1) / 2.0, (double)positives * negatives);
        return new Auroc((observed - least) / pairs, (mean - least) / pairs, Math.Sqrt(variance) / pairs);
    }

    /// <summary>Ranks from 1 on; equal values share the mean of theirs.</summary>
    private static double[] Ranks(ReadOnlySpan<float> values, List<int> places)
    {
        var keys = new float[places.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = values[places[i]];
        }

        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort((float[])keys.Clone(), order);
        var ranks = new double[keys.Length];
        for (var first = 0; first < order.Length;)
        {
            var end = first;
            while (end < order.Length && keys[order[end]].Equals(keys[order[first]]))
            {
                end++;
            }

            for (var i = first; i < end; i++)
            {
                ranks[order[i]] = (first + 1 + end) / 2.0;
            }

            first = end;
        }

        return ranks;
    }
}
