namespace Crossbench.Datasets.Sources;

/// <summary>Batches of <see cref="SparseSignal"/>: the motif is drawn first, then the noise of the rows.</summary>
internal sealed class SparseSignalStream : TokenStream
{
    private readonly int _length;
    private readonly int _vocabulary;
    private readonly int[] _positions;
    private readonly int _motifLength;
    private readonly int[]? _fixedMotif;
    private readonly bool[] _counted;
    private readonly TokenClass[] _classes;

    public SparseSignalStream(SparseSignalOptions options, int contextLength, int vocabulary)
    {
        _length = contextLength;
        _vocabulary = vocabulary;
        _positions = SparseSignal.Positions(contextLength, options.SignalRatio);
        _motifLength = options.MotifLength;
        if (options.Motif == MotifSource.Fixed)
        {
            // Neither the data nor the evaluation stream: else evaluation would meet another motif and the floor could not be reached.
            var random = new RandomStreams(options.MotifSeed).Stream("sparse_signal/motif");
            _fixedMotif = Ids(_motifLength, ref random);
        }

        _counted = [.. Enumerable.Range(0, contextLength).Select(i => i < contextLength - 1)];
        _classes = [.. Enumerable.Repeat(TokenClass.Noise, contextLength)];
        foreach (var position in _positions.Where(position => position > 0))
        {
            _classes[position - 1] = TokenClass.Signal;
        }

        _classes[^1] = TokenClass.Padding;
        var facts = new SparseSignal().Describe(options, contextLength, vocabulary);
        Chance = facts.Chance!.Value;
        Floor = facts.Floor;
    }

    public override double Chance { get; }

    public override double? Floor { get; }

    public override TokenBatch TrainingBatch(int batchSize, RandomSequence random)
    {
        var batch = Empty(batchSize);
        var motif = _fixedMotif ?? Ids(_motifLength, ref random);
        for (var row = 0; row < batchSize; row++)
        {
            Fill(batch, row, motif, ref random);
        }

        return batch;
    }

    public override TokenBatch EvaluationBatch(HeldOut split, int first, int count, int of)
    {
        var batch = Empty(count);
        for (var row = 0; row < count; row++)
        {
            // A generator (and a motif) of its own for each row, so that a row does not depend on how the set is cut into batches.
            var random = new RandomStreams(0).Stream($"sparse_signal/{split}", first + row);
            Fill(batch, row, _fixedMotif ?? Ids(_motifLength, ref random), ref random);
        }

        return batch;
    }

    private TokenBatch Empty(int rows)
    {
        var counted = new bool[rows * _length];
        var classes = new TokenClass[rows * _length];
        for (var row = 0; row < rows; row++)
        {
            _counted.CopyTo(counted, row * _length);
            _classes.CopyTo(classes, row * _length);
        }

        return new TokenBatch(new int[rows * _length], new int[rows * _length], rows, _length) { Counted = counted, Classes = classes };
    }

    private void Fill(TokenBatch batch, int row, int[] motif, ref RandomSequence random)
    {
        var inputs = batch.Inputs.AsSpan(row * _length, _length);
        for (var i = 0; i < _length; i++)
        {
            inputs[i] = random.NextInt32(_vocabulary);
        }

        for (var i = 0; i < _positions.Length; i++)
        {
            inputs[_positions[i]] = motif[i % motif.Length];
        }

        // The last target stays 0 and is not counted: the sequence ends there.
        inputs[1..].CopyTo(batch.Targets.AsSpan(row * _length, _length));
    }

    private int[] Ids(int count, ref RandomSequence random)
    {
        var ids = new int[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = random.NextInt32(_vocabulary);
        }

        return ids;
    }
}
