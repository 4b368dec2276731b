namespace Crossbench.Datasets;

/// <summary>Data that no run trains on, in two parts that share nothing.</summary>
public enum HeldOut
{
    /// <summary>What runs are evaluated on while they train, and compared by.</summary>
    Validation,

    /// <summary>Kept for a last look: nobody has chosen anything by it.</summary>
    Test,
}

/// <summary>An opened dataset. Batches depend on the random sequence given and on nothing else, never on an architecture.</summary>
public abstract class TokenStream : IDisposable
{
    /// <summary>Loss of a predictor that knows only token frequencies, in nats per counted token.</summary>
    public abstract double Chance { get; }

    /// <summary>Smallest reachable loss, in nats per counted token, where the generator knows it.</summary>
    public virtual double? Floor => null;

    /// <summary>Hash of the tokenizer that the ids belong to; absent where ids stand for nothing but themselves.</summary>
    public virtual string? TokenizerKey => null;

    /// <summary>Real share of noise, 0 to 1, in the unit in which the dataset adds it (tokens, characters); null where there is none.</summary>
    public virtual double? NoiseShare => null;

    /// <summary>What a user should know of how the data came about: records that were left out, files that were made again.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Tokens of all splits, where the data has an end.</summary>
    public virtual long? Tokens => null;

    /// <summary>Documents of all splits, where the data has such.</summary>
    public virtual long? Documents => null;

    /// <summary>Files of the data folder that the data were prepared into; none where they are made as they are read.</summary>
    public virtual IReadOnlyList<string> PreparedFiles => [];

    /// <summary>Number of sequences that a held-out split can give without overlap; generated data gives as many as asked.</summary>
    public virtual long EvaluationCapacity(HeldOut split) => long.MaxValue;

    /// <summary>Whether rows are T tokens and end there, so that their last target stands for nothing; else they are T + 1.</summary>
    public virtual bool EndsWithInputs => false;

    /// <summary>A training batch, drawn from the training split.</summary>
    /// <param name="batchSize">Rows, B.</param>
    /// <param name="random">The stream <c>data</c> of the run at this step.</param>
    public abstract TokenBatch TrainingBatch(int batchSize, RandomSequence random);

    /// <summary>Rows of a fixed evaluation set: row i is the same for every run, seed and architecture.</summary>
    /// <param name="split">The part of the held-out data that they come from.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="of">Size of the whole evaluation set (text spreads its rows over the split).</param>
    public abstract TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of);

    /// <summary>Tokens of an evaluation row before they were damaged, where rows show a damaged copy of what is to be predicted; else null.</summary>
    /// <param name="split">The part of the held-out data that it comes from.</param>
    /// <param name="row">Its number.</param>
    /// <param name="of">Size of the whole evaluation set.</param>
    public virtual int[]? CleanRow(HeldOut split, int row, int of) => null;

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
