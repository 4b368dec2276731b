namespace Crossbench.Datasets.Corpora;

/// <summary>A text as a row of documents, wherever it comes from.</summary>
internal abstract class TextBody
{
    /// <summary>Subject of a sentence about its length: <c>"book.txt" has</c>, <c>100 stories have</c>.</summary>
    public abstract string Subject { get; }

    /// <summary>Path of the option that a problem with the text belongs to.</summary>
    public abstract string ProblemPath { get; }

    /// <summary>What a user should know of how it was found.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Bytes of the source, for progress.</summary>
    public abstract long Bytes { get; }

    /// <summary>The text on this machine; null while it must be fetched first.</summary>
    /// <param name="folder">Where fetched files are kept.</param>
    public virtual TextBody? Here(DataFolder folder) => this;

    /// <summary>What fetching would bring over the network, to follow "downloads"; null where it never does.</summary>
    public virtual string? Remote => null;

    /// <summary>That it must be fetched first, and how.</summary>
    public virtual SpecProblem NotHere => throw new InvalidOperationException($"{Subject} nothing to fetch.");

    /// <summary>Fetches the text over the network where it is not here.</summary>
    /// <exception cref="SpecException">It cannot be had.</exception>
    public virtual void Fetch(DataFolder folder, PreparationProgress progress)
    {
    }

    /// <summary>Hash of the content and of how documents are taken from it; where the content was hashed before, that is remembered in the folder.</summary>
    /// <exception cref="SpecException">It cannot be read.</exception>
    public abstract string Key(DataFolder folder);

    /// <summary>Passes all documents on.</summary>
    /// <exception cref="SpecException">It cannot be read, or holds what is no text.</exception>
    public abstract void Read(IDocumentSink sink);
}
