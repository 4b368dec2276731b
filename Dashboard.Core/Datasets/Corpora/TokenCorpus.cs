namespace Crossbench.Datasets.Corpora;

/// <summary>A long row of token ids on disk, read in pieces.</summary>
internal abstract class TokenCorpus : IDisposable
{
    /// <summary>Number of tokens.</summary>
    public abstract long Count { get; }

    /// <summary>Reads tokens from an offset on; the range must lie inside.</summary>
    public abstract void Read(long offset, Span<int> tokens);

    /// <summary>How often each id occurs among the first <paramref name="count"/> tokens.</summary>
    public abstract long[] Histogram(long count, int vocabulary);

    public abstract void Dispose();
}
