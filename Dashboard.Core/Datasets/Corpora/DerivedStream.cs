namespace Crossbench.Datasets.Corpora;

/// <summary>A stream that makes other rows of those of a text, and is otherwise as the text is.</summary>
/// <param name="text">The text; it is disposed of with this stream.</param>
internal abstract class DerivedStream(TokenStream text) : TokenStream
{
    /// <summary>The text.</summary>
    protected TokenStream Text => text;

    /// <inheritdoc/>
    public override string? TokenizerKey => text.TokenizerKey;

    /// <inheritdoc/>
    public override long? Tokens => text.Tokens;

    /// <inheritdoc/>
    public override long? Documents => text.Documents;

    /// <inheritdoc/>
    public override IReadOnlyList<string> PreparedFiles => text.PreparedFiles;

    /// <inheritdoc/>
    public override long EvaluationCapacity(HeldOut split) => text.EvaluationCapacity(split);

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens) => text.Decode(tokens);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            text.Dispose();
        }

        base.Dispose(disposing);
    }
}
