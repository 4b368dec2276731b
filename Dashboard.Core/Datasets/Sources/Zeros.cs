using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>zeros</c>: none.</summary>
public sealed record ZerosOptions : DatasetOptions;

/// <summary>Token 0 everywhere, as TransBench's <c>zeros</c>: for timings, and for a look whether anything trains at all.</summary>
public sealed class Zeros : GeneratedDataset<ZerosOptions>
{
    /// <inheritdoc/>
    public override string Id => "zeros";

    /// <inheritdoc/>
    public override string Title => "Zeros";

    /// <inheritdoc/>
    public override string Summary => "Token 0 everywhere, for timings; held-out rows are the training rows, and there is nothing to learn.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("zeros", "zero");

    /// <inheritdoc/>
    public override bool IsFixed => true;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(ZerosOptions options, int contextLength) => NothingToPredict(contextLength);

    /// <summary>Chance is the entropy of the token frequencies. With a single token it is 0, which is the floor: whoever knows the frequencies knows all, so no run counts as learned.</summary>
    protected override DatasetFacts Describe(ZerosOptions options, int contextLength, int vocabulary) => new(0, 0)
    {
        Note = "Held-out rows of zeros are the training rows, and token frequencies alone predict them: results tell about speed, not about learning.",
    };

    /// <inheritdoc/>
    protected override TokenStream Open(ZerosOptions options, int contextLength, int vocabulary) =>
        new FixedStream(Id, Describe(options, contextLength, vocabulary), new int[contextLength]);
}
