namespace Crossbench.Datasets.Corpora;

/// <summary>A text as it is, with more to say of it.</summary>
/// <param name="text">The text; it is disposed of with this stream.</param>
/// <param name="notes">What a user should know beside what the text's own notes say.</param>
internal sealed class NotedStream(TokenStream text, IReadOnlyList<string> notes) : DerivedStream(text)
{
    /// <inheritdoc/>
    public override double Chance => Text.Chance;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => [.. Text.Notes, .. notes];

    /// <inheritdoc/>
    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random) => Text.TrainingBatch(batchSize, random);

    /// <inheritdoc/>
    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of) => Text.EvaluationBatch(split, first, count, of);
}
