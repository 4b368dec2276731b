using Crossbench.Runs;
using Crossbench.Statistics;
using Crossbench.Training;

namespace Crossbench.Reports;

/// <summary>What a difference rests on.</summary>
public enum DifferenceBasis
{
    /// <summary>Nothing: there is no seed that both have, or no evaluation sequence.</summary>
    None,

    /// <summary>One seed: the interval is over its evaluation sequences and says nothing of other seeds.</summary>
    Sequences,

    /// <summary>Two seeds or more: the interval is over seeds.</summary>
    Seeds,
}

/// <summary>
/// How the evaluation loss of one group of seeds differs from another's: pairs of runs with one seed, sequence by sequence, since both have scored the same
/// sequences. The interval is the 95 % t interval over seeds, or, of one seed alone, that of a mean over its sequences' tokens (<see cref="ClusterMean"/>). It is
/// no verdict.
/// </summary>
/// <param name="Mean">The mean difference; below 0 when the group's loss is lower.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end of its interval.</param>
/// <param name="Basis">What the interval is over.</param>
/// <param name="BySeed">The difference of each shared seed.</param>
/// <param name="Sequences">Evaluation sequences that are shared, of the seed that has the fewest.</param>
public sealed record PairedDifference(double? Mean, double? Low, double? High, DifferenceBasis Basis, IReadOnlyList<(long Seed, double Difference)> BySeed, int Sequences)
{
    /// <summary>The difference of a group to a baseline.</summary>
    public static PairedDifference Of(SeedGroup baseline, SeedGroup group)
    {
        var pairs = (from one in baseline.Counted
                     join other in @group.Counted on one.Spec.Seed equals other.Spec.Seed
                     where one.Spec.Dataset == other.Spec.Dataset && (one.Spec.Shape.Vocabulary, one.Spec.Shape.ContextLength) == (other.Spec.Shape.Vocabulary, other.Spec.Shape.ContextLength)
                     let shared = Shared(Own(one), Own(other))
                     where shared.Count > 0
                     select (one.Spec.Seed, Shared: shared)).ToArray();
        var means = pairs.Select(pair => ClusterMean.Of(pair.Shared)!).ToArray();
        var bySeed = pairs.Zip(means, (pair, mean) => (pair.Seed, Difference: mean.Mean)).ToArray();
        var sequences = pairs.Select(pair => pair.Shared.Count).DefaultIfEmpty().Min();
        if (means is [var only])
        {
            return new PairedDifference(only.Mean, only.Low, only.High, DifferenceBasis.Sequences, bySeed, sequences);
        }

        var (mean, low, high) = SeedGroup.Summarise([.. bySeed.Select(item => item.Difference)]);
        return new PairedDifference(mean, low, high, bySeed.Length == 0 ? DifferenceBasis.None : DifferenceBasis.Seeds, bySeed, sequences);
    }

    private static IReadOnlyList<SequenceLoss> Own(RunResult result) => result.Final.FirstOrDefault(item => item.Summary.Set == Evaluated.OwnSet)?.Sequences ?? [];

    /// <summary>The difference of each sequence that both have scored, over the classes of tokens of which both have scored as many.</summary>
    private static List<(double Difference, double Tokens)> Shared(IReadOnlyList<SequenceLoss> one, IReadOnlyList<SequenceLoss> other)
    {
        var known = one.ToDictionary(row => (row.Sequence, row.Class));
        return
        [
            .. other.Where(row => known.TryGetValue((row.Sequence, row.Class), out var twin) && twin.Tokens == row.Tokens && row.Tokens > 0 && double.IsFinite(row.Loss - twin.Loss))
                .GroupBy(row => row.Sequence)
                .Select(rows => (rows.Sum(row => (row.Loss - known[(row.Sequence, row.Class)].Loss) * row.Tokens) / rows.Sum(row => (double)row.Tokens), rows.Sum(row => (double)row.Tokens))),
        ];
    }
}
