using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Web.Forms;

/// <summary>What a run will cost, as far as it can be said honestly: by arithmetic, and from finished runs of the same kind on this machine.</summary>
/// <param name="Cost">Parameters and operations.</param>
/// <param name="Facts">Chance and floor, where arithmetic knows them.</param>
/// <param name="Tokens">Tokens of the whole run.</param>
/// <param name="Seconds">Seconds of the whole run, where finished runs tell.</param>
/// <param name="Sources">Number of those runs.</param>
internal sealed record RunEstimate(ModelCost Cost, DatasetFacts Facts, long Tokens, double? Seconds, int Sources)
{
    private const int RunsLookedAt = 200;
    private const int BytesPerScalar = 4;

    /// <summary>Bytes of the weights; the gradients take as many, the optimiser twice as many.</summary>
    public long WeightBytes => Cost.ParameterCount * BytesPerScalar;

    /// <summary>The estimate for a specification without problems in its shape and architecture.</summary>
    public static RunEstimate? Of(RunSpec spec, IRunStore store)
    {
        if (ModelZoo.Find(spec.Architecture.Id) is not { } architecture || DatasetCatalog.Find(spec.Dataset.Id) is not { } dataset)
        {
            return null;
        }

        var vocabulary = SpecValidator.VocabularyOf(spec);
        var tokens = (long)spec.Training.Steps * spec.Training.BatchSize * spec.Training.Accumulation * spec.Shape.ContextLength;
        var speeds = Speeds(spec, store);
        return new RunEstimate(
            architecture.Cost(spec.Shape, vocabulary, spec.Architecture.Options),
            dataset.Describe(spec.Dataset.Options, spec.Shape.ContextLength, vocabulary),
            tokens,
            speeds.Length == 0 ? null : tokens / speeds[speeds.Length / 2],
            speeds.Length);
    }

    private static double[] Speeds(RunSpec spec, IRunStore store) =>
    [
        .. store.Query(new RunQuery { Text = spec.Architecture.Id, Statuses = [RunStatus.Completed], Order = RunOrder.Newest, Limit = RunsLookedAt }).Runs
            .Where(run => IsAlike(run.Spec, spec))
            .Select(run => run.TokensPerSecond)
            .OfType<double>()
            .Where(speed => speed > 0)
            .Order(),
    ];

    private static bool IsAlike(RunSpec a, RunSpec b) =>
        a.Architecture.Id == b.Architecture.Id
        && a.Architecture.Options.Equals(b.Architecture.Options)
        && a.Shape with { Vocabulary = SpecValidator.VocabularyOf(a) } == b.Shape with { Vocabulary = SpecValidator.VocabularyOf(b) }
        && (a.Training.BatchSize, a.Training.Accumulation, a.Training.Precision, a.Training.Device, a.Training.ThreadCount, a.Training.Kernels)
            == (b.Training.BatchSize, b.Training.Accumulation, b.Training.Precision, b.Training.Device, b.Training.ThreadCount, b.Training.Kernels);
}
