using Crossbench.Runs;
using Crossbench.Training;
using MathNet.Numerics.Distributions;

namespace Crossbench.Reports;

/// <summary>Runs whose specifications differ in the seed alone, and what they say together.</summary>
/// <param name="Runs">The runs, by seed.</param>
public sealed record SeedGroup(IReadOnlyList<RunResult> Runs)
{
    private const double Error = 0.05;

    /// <summary>The runs that count: completed ones with an evaluation, of each seed the newest.</summary>
    public IReadOnlyList<RunResult> Counted { get; } =
    [
        .. Runs.Where(result => result.Run.Status == RunStatus.Completed && result.Run.EvalLoss is not null)
            .GroupBy(result => result.Spec.Seed)
            .Select(group => group.MaxBy(result => result.Run.CreatedAt)!),
    ];

    /// <summary>The runs whose curves stand for their seeds, by seed: <see cref="Follow"/>.</summary>
    public IReadOnlyList<RunResult> Followed { get; } = Follow(Runs, result => result.Run);

    /// <summary>Number of seeds that count.</summary>
    public int Seeds => Counted.Count;

    /// <summary>Mean evaluation loss over seeds, and its 95 % t interval from two seeds on.</summary>
    public (double? Mean, double? Low, double? High) EvalLoss => Summarise([.. Counted.Select(result => result.Run.EvalLoss!.Value)]);

    /// <summary>Mean throughput over seeds.</summary>
    public (double? Mean, double? Low, double? High) TokensPerSecond => Summarise([.. Counted.Select(result => result.Run.TokensPerSecond).OfType<double>()]);

    /// <summary>The groups of a selection, in its order.</summary>
    public static IReadOnlyList<SeedGroup> Of(IEnumerable<RunResult> runs) =>
        [.. runs.GroupBy(result => KeyOf(result.Run)).Select(group => new SeedGroup([.. group.OrderBy(result => result.Spec.Seed).ThenBy(result => result.Run.CreatedAt)]))];

    /// <summary>The mean of values with its t interval; no interval of one value, no mean of none.</summary>
    /// <param name="values">The values.</param>
    /// <param name="error">Share of intervals that may miss; 5 % unless told.</param>
    public static (double? Mean, double? Low, double? High) Summarise(IReadOnlyList<double> values, double error = Error)
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
        var half = HalfWidth(values.Count, deviation, error);
        return (mean, mean - half, mean + half);
    }

    /// <summary>Half the width of the t interval of a mean.</summary>
    /// <param name="count">Number of values, 2 or more.</param>
    /// <param name="deviation">Their sample standard deviation.</param>
    /// <param name="error">Share of intervals that may miss; 5 % unless told.</param>
    public static double HalfWidth(int count, double deviation, double error = Error) => StudentT.InvCDF(0, 1, count - 1, 1 - (error / 2)) * deviation / Math.Sqrt(count);

    /// <summary>
    /// One run for each seed, by seed: a repeated run is no further seed. A completed one comes before those that go on, these before those that have not begun, and
    /// among equals the newest. Seeds that have only failed or diverged are left out while another has not, since a mean would end where they did.
    /// </summary>
    /// <param name="items">What to choose from.</param>
    /// <param name="run">The run of each.</param>
    public static IReadOnlyList<T> Follow<T>(IEnumerable<T> items, Func<T, RunRecord> run)
    {
        var seeds = items.GroupBy(item => run(item).Spec.Seed).OrderBy(group => group.Key).Select(group => group.OrderBy(item => Rank(run(item))).ThenByDescending(item => run(item).CreatedAt).First()).ToArray();
        var whole = seeds.Where(item => !HasFailed(run(item))).ToArray();
        return whole.Length > 0 ? whole : seeds;
    }

    private static int Rank(RunRecord run) => HasFailed(run) ? 3 : run.Status == RunStatus.Completed ? 0 : run.Step > 0 ? 1 : 2;

    private static bool HasFailed(RunRecord run) => run.Status is RunStatus.Failed or RunStatus.Diverged;

    private static string KeyOf(RunRecord run) => RunSpecJson.Family(run.Spec);
}
