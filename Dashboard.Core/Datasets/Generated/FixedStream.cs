namespace Crossbench.Datasets.Generated;

/// <summary>The same sequence in every row, whatever it is drawn for; all of it is scored.</summary>
/// <param name="id">Id of the dataset.</param>
/// <param name="facts">Its chance and floor.</param>
/// <param name="tokens">The sequence.</param>
internal sealed class FixedStream(string id, DatasetFacts facts, int[] tokens) : GeneratedStream(id, facts, tokens.Length, null)
{
    protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random) => row.Add(tokens, TokenClass.Plain);

    protected override bool Counts(TokenClass item) => true;
}
