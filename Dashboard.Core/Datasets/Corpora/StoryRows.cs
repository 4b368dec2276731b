using System.Globalization;

namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Rows as TransBench makes them: a document from its start, cut to T tokens or padded with the end of text, ids modulo V. A row has T − 1 predictions, padding
/// among them; the last target is not counted. Training draws documents with replacement; evaluation takes those of a held-out split.
/// </summary>
internal sealed class StoryRows : DerivedStream
{
    private readonly TokenizedText _text;
    private readonly TextSplit _split;
    private readonly int _length;
    private readonly int _vocabulary;
    private readonly int _end;

    /// <summary>Takes over the text as it is packed.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="packed">The text as it is packed.</param>
    /// <param name="contextLength">Tokens in a row, T.</param>
    /// <param name="vocabulary">Vocabulary of the model, V.</param>
    public StoryRows(DataFolder folder, CorpusStream packed, int contextLength, int vocabulary) : base(packed)
    {
        (_text, _split, _length, _vocabulary) = (packed.Text, packed.Split, contextLength, vocabulary);
        _end = _text.Tokenizer.EndOfText ?? throw new InvalidOperationException($"{_text.Tokenizer.Id} has no end of text.");
        if (DocumentsBefore(_split.Training) == 0 || Enum.GetValues<HeldOut>().Any(split => EvaluationCapacity(split) == 0))
        {
            var documents = _text.File.Documents;
            packed.Dispose();
            throw new SpecException(TextProblems.NothingScored(TextProblems.PathOption, "The text has", documents));
        }

        Chance = UnigramEntropy.Kept(folder, _text, Name("stories"), () => UnigramEntropy.Of(Frequencies(_ => 1)));
    }

    /// <inheritdoc/>
    public override double Chance { get; }

    /// <inheritdoc/>
    public override bool EndsWithInputs => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes =>
    [
        .. _text.Notes,
        "Rows are those of TransBench: padding is scored, and shown as text, which lowers every loss by the share of short stories.",
        .. _vocabulary < _text.Tokenizer.VocabularySize
            ? [string.Create(CultureInfo.InvariantCulture, $"Ids are taken modulo {_vocabulary:N0}, so that about {(double)_text.Tokenizer.VocabularySize / _vocabulary:N1} tokens of {_text.Tokenizer.Id} share each: losses are not those of the text.")]
            : Array.Empty<string>(),
    ];

    /// <summary>Entropy of what is counted when some places are overwritten by uniform ids.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="noise">Share of rows in which the token at a place is overwritten.</param>
    /// <param name="name">Names the noise.</param>
    public double PoisonedChance(DataFolder folder, Func<int, double> noise, string name) => UnigramEntropy.Kept(folder, _text, Name(name), () =>
    {
        var frequencies = Frequencies(place => 1 - noise(place));
        var uniform = (double)DocumentsBefore(_split.Training) * Enumerable.Range(1, _length - 1).Sum(noise) / _vocabulary;
        return UnigramEntropy.Of(frequencies.Select(frequency => frequency + uniform));
    });

    /// <inheritdoc/>
    public override long EvaluationCapacity(HeldOut split) => DocumentsBefore(_split.Start(split) + _split.Length(split)) - DocumentsBefore(_split.Start(split));

    /// <inheritdoc/>
    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random)
    {
        var documents = new long[batchSize];
        for (var row = 0; row < batchSize; row++)
        {
            documents[row] = random.NextInt64(DocumentsBefore(_split.Training));
        }

        return Batch(documents, _split.Training);
    }

    /// <inheritdoc/>
    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, of);
        var (start, there) = (DocumentsBefore(_split.Start(split)), EvaluationCapacity(split));
        var documents = Enumerable.Range(first, count).Select(row => start + (of <= there ? row * there / of : row % there)).ToArray();
        return Batch(documents, _split.Start(split) + _split.Length(split));
    }

    private long DocumentsBefore(long token) => _text.File.DocumentFrom(token);

    private string Name(string what) => string.Create(CultureInfo.InvariantCulture, $"{_split.Training}-{what}-{_length}-{_vocabulary}");

    private TokenBatch Batch(long[] documents, long end)
    {
        var size = documents.Length * _length;
        var batch = new TokenBatch(new int[size], new int[size], documents.Length, _length) { Counted = new bool[size] };
        for (var row = 0; row < documents.Length; row++)
        {
            var inputs = batch.Inputs.AsSpan(row * _length, _length);
            Fill(inputs, documents[row], end);
            inputs[1..].CopyTo(batch.Targets.AsSpan(row * _length, _length));
            batch.Counted.AsSpan(row * _length, _length - 1).Fill(true);
        }

        return batch;
    }

    private void Fill(Span<int> row, long document, long end)
    {
        var start = _text.File.DocumentStart(document);
        var count = (int)Math.Min(_length, Math.Min(end, _text.File.DocumentStart(document + 1)) - start);
        _text.File.Read(start, row[..count]);
        row[count..].Fill(_end);
        foreach (ref var token in row)
        {
            token %= _vocabulary;
        }
    }

    /// <summary>How often each id is a target in a row of every training document, by weights of places.</summary>
    private double[] Frequencies(Func<int, double> weight)
    {
        var (frequencies, row, weights) = (new double[_vocabulary], new int[_length], Enumerable.Range(0, _length).Select(weight).ToArray());
        for (var document = 0L; document < DocumentsBefore(_split.Training); document++)
        {
            Fill(row, document, _split.Training);
            for (var place = 1; place < _length; place++)
            {
                frequencies[row[place]] += weights[place];
            }
        }

        return frequencies;
    }
}
