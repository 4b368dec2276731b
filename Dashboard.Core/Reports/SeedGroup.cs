using Crossbench.Runs;
using Crossbench.Training;
using MathNet.Numerics.Distributions;

namespace Crossbench.Reports;

/// <summary>Runs whose specifications differ in the seed alone, and what they say together.</summary>
/// <param name="Runs">The runs, by seed.</param>
public sealed record SeedGroup(IReadOnlyList<RunResult> Runs)
{
    /// <summary>The runs that count: completed ones with an evaluation, of each seed the newest.</summary>
    public IReadOnlyList<RunResult> Counted { get; } =
    [
        .. Runs.Where(result => result.Run.Status == RunStatus.Completed && result.Run.EvalLoss is not null)
            .GroupBy(result => result.Spec.Seed)
            .Select(group => group.MaxBy(result => result.Run.CreatedAt)!),
    ];

    /// <summary>Number of seeds that count.</summary>
    public int Seeds => Counted.Count;

    /// <summary>Mean evaluation loss over seeds, and its 95 % t interval from two seeds on.</summary>
    public (double? Mean, double? Low, double? High) EvalLoss => Summarise([.. Counted.Select(result => result.Run.EvalLoss!.Value)]);

    /// <summary>Mean throughput over seeds.</summary>
    public (double? Mean, double? Low, double? High) TokensPerSecond => Summarise([.. Counted.Select(result => result.Run.TokensPerSecond).OfType<double>()]);

    /// <summary>The groups of a selection, in its order.</summary>
    public static IReadOnlyList<SeedGroup> Of(IEnumerable<RunResult> runs) =>
        [.. runs.GroupBy(result => KeyOf(result.Run)).Select(group => new SeedGroup([.. group.OrderBy(result => result.Spec.Seed).ThenBy(result => result.Run.CreatedAt)]))];

    /// <summary>The mean of values with its 95 % t interval; no interval of one value, no mean of none.</summary>
    public static (double? Mean, double? Low, double? High) Summarise(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return (null, null, null);
        }

        var mean = values.Average();
        if (values.Count == 1)
        {
            return (mean, null, null);
        }

        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        var half = HalfWidth(values.Count, deviation);
        return (mean, mean - half, mean + half);
    }

    /// <summary>Half the width of the 95 % t interval of a mean.</summary>
    /// <param name="count">Number of values, 2 or more.</param>
    /// <param name="deviation">Their sample standard deviation.</param>
    public static double HalfWidth(int count, double deviation) => StudentT.InvCDF(0, 1, count - 1, 0.975) * deviation / Math.Sqrt(count);

    private static string KeyOf(RunRecord run) => RunSpecJson.Family(run.Spec);
}
