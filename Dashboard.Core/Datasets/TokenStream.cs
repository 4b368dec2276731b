namespace Crossbench.Datasets;

/// <summary>An opened dataset. Batches depend on the random sequence given and on nothing else, never on an architecture.</summary>
public abstract class TokenStream : IDisposable
{
    /// <summary>Loss of a predictor that knows only token frequencies, in nats per counted token.</summary>
    public abstract double Chance { get; }

    /// <summary>Smallest reachable loss, in nats per counted token, where the generator knows it.</summary>
    public virtual double? Floor => null;

    /// <summary>Number of sequences that the held-out split can give without overlap; generated data gives as many as asked.</summary>
    public virtual long EvaluationCapacity => long.MaxValue;

    /// <summary>A training batch, drawn from the training split.</summary>
    /// <param name="batchSize">Rows, B.</param>
    /// <param name="random">The stream <c>data</c> of the run at this step.</param>
    public abstract TokenBatch TrainingBatch(int batchSize, RandomSequence random);

    /// <summary>Rows of the fixed evaluation set: row i is the same for every run, seed and architecture.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="of">Size of the whole evaluation set (text spreads its rows over the held-out split).</param>
    public abstract TokenBatch EvaluationBatch(int first, int count, int of);

    /// <summary>The text that tokens stand for: decoded, or ids with spaces.</summary>
    public virtual string Decode(ReadOnlySpan<int> tokens) => string.Join(' ', tokens.ToArray());

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the stream holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
