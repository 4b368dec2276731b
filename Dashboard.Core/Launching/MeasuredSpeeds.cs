using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>
/// How fast runs of a kind are on this machine, as finished runs tell: same architecture, options, shape, batch, precision, device, threads and kernels. Looks into
/// the store once for each architecture, so that a thousand runs can be estimated at once.
/// </summary>
/// <param name="store">The store.</param>
public sealed class MeasuredSpeeds(IRunStore store)
{
    private const int RunsLookedAt = 200;
    private readonly Dictionary<string, Dictionary<Kind, double[]>> _byArchitecture = [];

    /// <summary>Median tokens per second of the runs of a kind, and their number; null where there is none.</summary>
    public (double? TokensPerSecond, int Sources) Of(RunSpec spec)
    {
        if (!_byArchitecture.TryGetValue(spec.Architecture.Id, out var kinds))
        {
            kinds = store.Query(new RunQuery { Architecture = spec.Architecture.Id, Archived = null, Statuses = [RunStatus.Completed], Order = RunOrder.Newest, Limit = RunsLookedAt }).Runs
                .Where(run => run.TokensPerSecond > 0)
                .GroupBy(run => Kind.Of(run.Spec))
                .ToDictionary(group => group.Key, group => group.Select(run => run.TokensPerSecond!.Value).Order().ToArray());
            _byArchitecture.Add(spec.Architecture.Id, kinds);
        }

        return kinds.TryGetValue(Kind.Of(spec), out var speeds) ? (speeds[speeds.Length / 2], speeds.Length) : (null, 0);
    }

    /// <summary>Tokens that a run trains on.</summary>
    public static long TokensOf(RunSpec spec) => (long)spec.Training.Steps * spec.Training.BatchSize * spec.Training.Accumulation * spec.Shape.ContextLength;

    /// <summary>Seconds that a run will take; null where no finished run tells.</summary>
    public double? SecondsOf(RunSpec spec) => TokensOf(spec) / Of(spec).TokensPerSecond;

    private sealed record Kind(ArchitectureOptions Options, ModelShape Shape, int Batch, int Accumulation, object Precision, string Device, int Threads, object Kernels)
    {
        public static Kind Of(RunSpec spec) => new(
            spec.Architecture.Options, spec.Shape with { Vocabulary = SpecValidator.VocabularyOf(spec) }, spec.Training.BatchSize, spec.Training.Accumulation, spec.Training.Precision,
            spec.Training.Device, spec.Training.ThreadCount, spec.Training.Kernels);
    }
}
