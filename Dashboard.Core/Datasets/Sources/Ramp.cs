using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>ramp</c>: none.</summary>
public sealed record RampOptions : DatasetOptions;

/// <summary>The position as token, as TransBench's <c>ramp</c>: 0, 1, 2 and so on, from 0 again after the last id of the vocabulary.</summary>
public sealed class Ramp : GeneratedDataset<RampOptions>
{
    /// <inheritdoc/>
    public override string Id => "ramp";

    /// <inheritdoc/>
    public override string Title => "Ramp";

    /// <inheritdoc/>
    public override string Summary => "0, 1, 2 and so on in every row; held-out rows are the training rows, so it shows memory and nothing else.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("ramp", "arange");

    /// <inheritdoc/>
    public override bool IsFixed => true;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(RampOptions options, int contextLength) => NothingToPredict(contextLength);

    /// <summary>
    /// Chance is the entropy of the frequencies among the predicted tokens, 1 to T − 1 modulo V, of which each occurs equally often up to one: ln(T − 1) where
    /// all differ, not ln V, because ids that never occur are known not to. Each token follows from the one before, so the floor is 0.
    /// </summary>
    protected override DatasetFacts Describe(RampOptions options, int contextLength, int vocabulary)
    {
        var targets = contextLength - 1;
        var (each, more) = Math.DivRem(targets, vocabulary);
        return new DatasetFacts((more * Surprise(each + 1)) + ((vocabulary - more) * Surprise(each)), 0)
        {
            Note = "Held-out rows of ramp are the training rows: results tell what was memorised, not what generalises.",
        };

        double Surprise(int count) => count == 0 ? 0 : -(double)count / targets * Math.Log((double)count / targets);
    }

    /// <inheritdoc/>
    protected override TokenStream Open(RampOptions options, int contextLength, int vocabulary) =>
        new FixedStream(Id, Describe(options, contextLength, vocabulary), [.. Enumerable.Range(0, contextLength).Select(i => i % vocabulary)]);
}
