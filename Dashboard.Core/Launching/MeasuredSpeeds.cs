using Crossbench.Models;
using Crossbench.Models.Kernels;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>What an estimate of time rests on.</summary>
public enum SpeedSource
{
    /// <summary>Completed runs of the same kind on this machine.</summary>
    SameKind,

    /// <summary>Operations per second of other completed runs on the same device in the same precision.</summary>
    OtherRuns,

    /// <summary>A rate that is assumed, because no run has completed yet.</summary>
    Assumed,
}

/// <summary>
/// How fast runs of a kind are on this machine, as finished runs tell: same architecture, options, shape, batch, precision, device, threads and kernels. Looks into
/// the store once for each architecture, so that a thousand runs can be estimated at once.
/// </summary>
/// <param name="store">The store; null where there is none yet.</param>
public sealed class MeasuredSpeeds(IRunStore? store)
{
    /// <summary>Operations per second and thread that are assumed where nothing was measured: half of what a laptop's core does in small models.</summary>
    public const double AssumedRate = 30e9;

    private const int RunsLookedAt = 200;
    private readonly Dictionary<(string Device, MatrixPrecision Precision), double> _rates = [];
    private readonly Dictionary<string, Dictionary<Kind, double[]>> _byArchitecture = [];

    /// <summary>Median tokens per second of the runs of a kind, and their number; null where there is none.</summary>
    public (double? TokensPerSecond, int Sources) Of(RunSpec spec)
    {
        if (!_byArchitecture.TryGetValue(spec.Architecture.Id, out var kinds))
        {
            kinds = Completed(new RunQuery { Architecture = spec.Architecture.Id })
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

    /// <summary>Seconds that a run will take, and what says so: runs of its kind, else the operations per second and thread of other runs on its device in its precision, else a rough rate.</summary>
    public (double Seconds, SpeedSource Source) Estimate(RunSpec spec)
    {
        if (SecondsOf(spec) is { } measured)
        {
            return (measured, SpeedSource.SameKind);
        }

        var kind = (ComputeDevice.Canonical(spec.Training.Device), spec.Training.Precision);
        if (!_rates.TryGetValue(kind, out var known))
        {
            _rates[kind] = known = RateOf(kind.Item1, kind.Precision);
        }

        var rate = known > 0 ? known : AssumedRate;
        return (TokensOf(spec) * FlopsOf(spec) / (rate * spec.Training.ThreadCount), known > 0 ? SpeedSource.OtherRuns : SpeedSource.Assumed);
    }

    /// <summary>Median operations per second and thread; 0 where no run tells.</summary>
    private double RateOf(string device, MatrixPrecision precision) => Median(
    [
        .. Completed(new RunQuery { Filter = new HasText(RunText.Device, [device]) }).Where(run => run.Spec.Training.Precision == precision)
            .Select(run => run.TokensPerSecond!.Value * FlopsOf(run.Spec) / run.Spec.Training.ThreadCount),
    ]) ?? 0;

    private static double FlopsOf(RunSpec spec) => ModelZoo.Find(spec.Architecture.Id)!.Cost(spec.Shape, SpecValidator.VocabularyOf(spec), spec.Architecture.Options).TrainingFlops;

    private static double? Median(double[] values) => values.Length == 0 ? null : values.Order().ElementAt(values.Length / 2);

    // An imported run was fast elsewhere.
    private IEnumerable<RunRecord> Completed(RunQuery query) => store is null ? []
        : store.Query(query with { Archived = null, Statuses = [RunStatus.Completed], Order = RunOrder.Newest, Limit = RunsLookedAt }).Runs.Where(run => run.TokensPerSecond > 0 && run.Source.Length == 0);

    private sealed record Kind(ArchitectureOptions Options, ModelShape Shape, int Batch, int Accumulation, object Precision, string Device, int Threads, object Kernels)
    {
        public static Kind Of(RunSpec spec) => new(
            spec.Architecture.Options, spec.Shape with { Vocabulary = SpecValidator.VocabularyOf(spec) }, spec.Training.BatchSize, spec.Training.Accumulation, spec.Training.Precision,
            spec.Training.Device, spec.Training.ThreadCount, spec.Training.Kernels);
    }
}
