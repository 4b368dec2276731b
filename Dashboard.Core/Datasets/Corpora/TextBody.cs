namespace Crossbench.Datasets.Corpora;

/// <summary>A text as a row of documents, wherever it comes from.</summary>
internal abstract class TextBody
{
    /// <summary>Subject of a sentence about its length: <c>"book.txt" has</c>, <c>100 stories have</c>.</summary>
    public abstract string Subject { get; }

    /// <summary>Path of the option that a problem with the text belongs to.</summary>
    public abstract string ProblemPath { get; }

    /// <summary>Bytes of the source, for progress.</summary>
    public abstract long Bytes { get; }

    /// <summary>Hash of the content and of how documents are taken from it; where the content was hashed before, that is remembered in the folder.</summary>
    /// <exception cref="SpecException">It cannot be read.</exception>
    public abstract string Key(DataFolder folder);

    /// <summary>Passes all documents on.</summary>
    /// <exception cref="SpecException">It cannot be read, or holds what is no text.</exception>
    public abstract void Read(IDocumentSink sink);
}
