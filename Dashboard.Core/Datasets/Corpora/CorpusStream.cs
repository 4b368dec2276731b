using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Sequences from a text: training rows start anywhere in the training split, evaluation rows are spread evenly over a held-out split. A row is T + 1
/// consecutive tokens.
/// </summary>
internal sealed class CorpusStream : TokenStream
{
    private readonly TokenCorpus _corpus;
    private readonly Tokenizer _tokenizer;
    private readonly TextSplit _split;
    private readonly int _length;

    /// <summary>Takes over the corpus, which holds at least <see cref="TextSplit.Required"/> tokens.</summary>
    public CorpusStream(TokenCorpus corpus, Tokenizer tokenizer, int contextLength)
    {
        _corpus = corpus;
        _tokenizer = tokenizer;
        _length = contextLength;
        _split = TextSplit.Of(corpus.Count, contextLength);
        Chance = Entropy(corpus.Histogram(_split.Training, tokenizer.VocabularySize));
    }

    /// <summary>Entropy of the token frequencies of the training split.</summary>
    public override double Chance { get; }

    public override long EvaluationCapacity(HeldOut split) => _split.Length(split) / (_length + 1);

    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random)
    {
        var batch = Empty(batchSize);
        for (var row = 0; row < batchSize; row++)
        {
            Fill(batch, row, random.NextInt64(_split.Training - _length));
        }

        return batch;
    }

    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, of);
        var batch = Empty(count);
        for (var row = 0; row < count; row++)
        {
            Fill(batch, row, _split.Start(split) + Start(split, first + row, of));
        }

        return batch;
    }

    public override string Decode(ReadOnlySpan<int> tokens) => _tokenizer.Decode(tokens);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _corpus.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Row i of n starts at i/n of the split, which leaves T + 1 tokens to each while they fit; beyond that rows overlap evenly and the last ends at the end.</summary>
    private long Start(HeldOut split, int row, int of) => of <= EvaluationCapacity(split)
        ? (long)((Int128)row * _split.Length(split) / of)
        : (long)((Int128)row * (_split.Length(split) - _length - 1) / (of - 1));

    private TokenBatch Empty(int rows) => new(new int[rows * _length], new int[rows * _length], rows, _length);

    private void Fill(TokenBatch batch, int row, long offset)
    {
        var tokens = new int[_length + 1];
        _corpus.Read(offset, tokens);
        tokens.AsSpan(0, _length).CopyTo(batch.Inputs.AsSpan(row * _length));
        tokens.AsSpan(1).CopyTo(batch.Targets.AsSpan(row * _length));
    }

    private static double Entropy(long[] counts)
    {
        var total = (double)counts.Sum();
        return counts.Where(count => count > 0).Sum(count => -count / total * Math.Log(count / total));
    }
}
