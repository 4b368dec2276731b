using System.Globalization;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>A specification that gets no further seeds.</summary>
/// <param name="Name">Name of one of its runs.</param>
/// <param name="Reason">Why, and what to do instead.</param>
public sealed record RefusedSpecification(string Name, string Reason);

/// <summary>The same specifications with further seeds: all get the same ones, which none of them has, so that they pair with each other.</summary>
/// <param name="Seeds">The seeds.</param>
/// <param name="Specs">A run for each specification and seed, seed by seed.</param>
/// <param name="Refused">Specifications that are left out.</param>
public sealed record FurtherSeeds(IReadOnlyList<long> Seeds, IReadOnlyList<RunSpec> Specs, IReadOnlyList<RefusedSpecification> Refused)
{
    /// <summary>Seeds that can be added at once.</summary>
    public const int Most = 100;

    /// <summary>Plans further seeds for runs.</summary>
    /// <param name="runs">The runs; those that differ in the seed alone are one specification.</param>
    /// <param name="count">How many seeds, 1 to <see cref="Most"/>.</param>
    public static FurtherSeeds Of(IReadOnlyList<RunRecord> runs, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        var first = runs.Select(run => run.Spec.Seed).DefaultIfEmpty(-1).Max() + 1;
        long[] seeds = [.. Enumerable.Range(0, count).Select(i => first + i)];
        var families = runs.GroupBy(run => RunSpecJson.Family(run.Spec)).Select(group => group.FirstOrDefault(run => run.Source.Length == 0) ?? group.First()).ToArray();
        var reasons = families.Select(run => ReasonAgainst(run, first)).ToArray();
        var taken = families.Where((_, i) => reasons[i] is null).ToArray();
        return new FurtherSeeds(
            seeds,
            [.. seeds.SelectMany(seed => taken.Select(run => With(run.Spec, seed)))],
            [.. families.Zip(reasons).Where(item => item.Second is not null).Select(item => new RefusedSpecification(item.First.Spec.Name, item.Second!))]);
    }

    private static string? ReasonAgainst(RunRecord run, long seed) =>
        run.Source.Length > 0 ? "It was trained elsewhere: begin it as a new run here first."
        : run.Spec.From is { } origin ? $"It starts from a checkpoint of {origin.Run}: fork that run by itself."
        : SpecValidator.Validate(With(run.Spec, seed)) is [var problem, ..] ? problem.ToString()
        : null;

    /// <summary>A name that ends in its seed ends in the new one; others get it behind. Notes are of one run alone.</summary>
    private static RunSpec With(RunSpec spec, long seed)
    {
        var old = $"s{spec.Seed.ToString(CultureInfo.InvariantCulture)}";
        var stem = spec.Name.Length == 0 || spec.Name == old ? "" : spec.Name.EndsWith("-" + old, StringComparison.Ordinal) ? spec.Name[..^old.Length] : spec.Name + "-";
        return spec with { Seed = seed, Name = $"{stem}s{seed.ToString(CultureInfo.InvariantCulture)}", Notes = "" };
    }
}
