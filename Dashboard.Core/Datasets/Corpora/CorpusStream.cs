namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Sequences from a tokenized text. Packed continuously, training rows start anywhere in the training split and evaluation rows are spread evenly over a held-out
/// split, each T + 1 consecutive tokens; where only some tokens are scored, rows without any are passed over. Packed by documents, rows are those of
/// <see cref="DocumentRows"/>.
/// </summary>
internal sealed class CorpusStream : TokenStream
{
    private readonly TokenizedText _text;
    private readonly TokenFile _file;
    private readonly TextSplit _split;
    private readonly int _length;
    private readonly Dictionary<HeldOut, DocumentRows>? _heldOut;
    private readonly DocumentRows? _training;

    /// <summary>Takes over the text, which holds at least <see cref="TextSplit.Required"/> tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="packing">How rows are cut.</param>
    /// <param name="contextLength">Tokens in a row, T.</param>
    /// <param name="chance">Entropy of the token frequencies of so many first tokens.</param>
    public CorpusStream(TokenizedText text, Packing packing, int contextLength, Func<long, double> chance)
    {
        (_text, _file, _length) = (text, text.File, contextLength);
        _split = TextSplit.Of(_file);
        Chance = chance(_split.Training);
        if (packing == Packing.Documents)
        {
            _training = DocumentRows.Of(_file, 0, _split.Training, contextLength + 1);
            _heldOut = Enum.GetValues<HeldOut>().ToDictionary(
                split => split, split => DocumentRows.Of(_file, _split.Start(split), _split.Start(split) + _split.Length(split), contextLength + 1));
        }
        else if (_file.HasMask)
        {
            _heldOut = Enum.GetValues<HeldOut>().ToDictionary(
                split => split, split => DocumentRows.Scored(_file, _split.Start(split), _split.Start(split) + _split.Length(split), contextLength + 1));
        }
    }

    /// <inheritdoc/>
    public override double Chance { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => _text.Notes;

    /// <inheritdoc/>
    public override string? TokenizerKey => _text.Tokenizer.Fingerprint;

    /// <summary>The text.</summary>
    public TokenizedText Text => _text;

    /// <summary>Where it is cut.</summary>
    public TextSplit Split => _split;

    /// <inheritdoc/>
    public override long? Tokens => _file.Count;

    /// <inheritdoc/>
    public override long? Documents => _file.Documents;

    /// <inheritdoc/>
    public override IReadOnlyList<string> PreparedFiles => _text.Files;

    /// <summary>Whether there is a row in each split.</summary>
    public bool HasRows => (_training is null ? _file.NextCounted(1) < _split.Training : _training.Count > 0) && (_heldOut?.Values.All(rows => rows.Count > 0) ?? true);

    /// <inheritdoc/>
    public override long EvaluationCapacity(HeldOut split) => _heldOut?[split].Count ?? _split.Length(split) / (_length + 1);

    /// <inheritdoc/>
    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random)
    {
        var rows = new (long, int)[batchSize];
        for (var row = 0; row < batchSize; row++)
        {
            rows[row] = _training is null ? (TrainingStart(ref random), _length + 1) : _training[random.NextInt32(_training.Count)];
        }

        return Batch(rows);
    }

    /// <summary>Where a training row starts: anywhere; but when nothing is scored in it, anywhere around the next token that is.</summary>
    private long TrainingStart(ref RandomSequence random)
    {
        var start = random.NextInt64(_split.Training - _length);
        var scored = _file.NextCounted(start + 1);
        if (scored <= start + _length)
        {
            return start;
        }

        scored = scored < _split.Training ? scored : _file.NextCounted(1);
        return Math.Clamp(scored - 1 - random.NextInt32(_length), 0, _split.Training - _length - 1);
    }

    /// <inheritdoc/>
    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, of);
        return Batch([.. Enumerable.Range(first, count).Select(row => _heldOut is null ? (_split.Start(split) + Start(split, row, of), _length + 1) : DocumentRow(_heldOut[split], row, of))]);
    }

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> tokens) => _text.Tokenizer.Decode(tokens);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Row i of n starts at i/n of the split, which leaves T + 1 tokens to each while they fit; beyond that rows overlap evenly and the last ends at the end.</summary>
    private long Start(HeldOut split, int row, int of) => of <= EvaluationCapacity(split)
        ? (long)((Int128)row * _split.Length(split) / of)
        : (long)((Int128)row * (_split.Length(split) - _length - 1) / (of - 1));

    /// <summary>Rows spread over those that are there; beyond their number they begin again.</summary>
    private static (long Start, int Length) DocumentRow(DocumentRows rows, int row, int of) => rows[of <= rows.Count ? (int)((long)row * rows.Count / of) : row % rows.Count];

    private TokenBatch Batch((long Start, int Length)[] rows)
    {
        var size = rows.Length * _length;
        var masks = _training is not null || _file.HasMask;
        var batch = new TokenBatch(new int[size], new int[size], rows.Length, _length)
        {
            Counted = masks ? new bool[size] : null,
            Classes = masks ? [.. Enumerable.Repeat(TokenClass.Padding, size)] : null,
        };
        foreach (var (row, (start, length)) in rows.Index())
        {
            var tokens = new int[length];
            _file.Read(start, tokens);
            tokens.AsSpan(0, Math.Min(length, _length)).CopyTo(batch.Inputs.AsSpan(row * _length));
            tokens.AsSpan(1).CopyTo(batch.Targets.AsSpan(row * _length));
            if (masks)
            {
                Mask(batch, row * _length, start, length - 1);
            }
        }

        return batch;
    }

    /// <summary>Marks the targets of a row: those that the text does not count, and with rows of documents the first token of each document, are not scored.</summary>
    private void Mask(TokenBatch batch, int at, long start, int targets)
    {
        var counted = batch.Counted.AsSpan(at, targets);
        _file.ReadCounted(start + 1, counted);
        for (var i = 0; i < targets; i++)
        {
            batch.Classes![at + i] = _file.HasMask && counted[i] ? TokenClass.Answer : TokenClass.Plain;
        }

        if (_training is null)
        {
            return;
        }

        for (var document = _file.DocumentFrom(start + 1); _file.DocumentStart(document) <= start + targets && document < _file.Documents; document++)
        {
            counted[(int)(_file.DocumentStart(document) - start - 1)] = false;
        }
    }
}
