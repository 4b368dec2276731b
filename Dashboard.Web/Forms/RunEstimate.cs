using Crossbench.Datasets;
using Crossbench.Launching;
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
        var (tokens, (speed, sources)) = (MeasuredSpeeds.TokensOf(spec), new MeasuredSpeeds(store).Of(spec));
        return new RunEstimate(
            architecture.Cost(spec.Shape, vocabulary, spec.Architecture.Options),
            dataset.Describe(spec.Dataset.Options, spec.Shape.ContextLength, vocabulary),
            tokens,
            tokens / speed,
            sources);
    }
}
