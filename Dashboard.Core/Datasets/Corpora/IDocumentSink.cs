namespace Crossbench.Datasets.Corpora;

/// <summary>Takes the documents of a text one after the other, in pieces of any size.</summary>
internal interface IDocumentSink
{
    /// <summary>More text of the present document.</summary>
    /// <param name="utf8">Whole characters in UTF-8.</param>
    /// <param name="counted">Whether a model is scored on predicting it.</param>
    void Text(ReadOnlySpan<byte> utf8, bool counted = true);

    /// <summary>Marks of a template, in which special tokens are recognised.</summary>
    /// <param name="marks">The marks.</param>
    /// <param name="counted">Whether a model is scored on predicting them.</param>
    void Marks(string marks, bool counted);

    /// <summary>The document ends; one without text counts for nothing.</summary>
    /// <param name="endCounts">Whether a model is scored on predicting the end of text, if there is one and it is on what stands before it.</param>
    void EndDocument(bool endCounts = true);

    /// <summary>What follows is kept for evaluation: the source has a part of its own for that.</summary>
    void BeginHeldOut();

    /// <summary>A record was left out, because it is broken and the options say so.</summary>
    void Skip();

    /// <summary>So many more bytes of the source were read.</summary>
    void Advance(long bytes);
}
