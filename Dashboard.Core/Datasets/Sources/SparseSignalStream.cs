using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Batches of <see cref="SparseSignal"/>: the motif is drawn first, then the noise of the row.</summary>
internal sealed class SparseSignalStream : GeneratedStream
{
    private readonly SparseSignalOptions _options;
    private readonly int _vocabulary;
    private readonly int[] _positions;
    private readonly int[] _fixedMotif;

    public SparseSignalStream(string id, DatasetFacts facts, SparseSignalOptions options, int contextLength, int vocabulary) : base(id, facts, contextLength, null)
    {
        (_options, _vocabulary) = (options, vocabulary);
        _positions = SparseSignal.Positions(contextLength, options.SignalRatio);
        _fixedMotif = options.Motif == MotifSource.Fixed ? SparseSignal.FixedMotif(options, vocabulary) : [];
    }

    protected override int[] Shared(ref RandomSequence random) => _options.Motif == MotifSource.PerBatch ? Motif(ref random) : _fixedMotif;

    protected override void Fill(ref GeneratedRow row, int[] shared, ref RandomSequence random)
    {
        var motif = _options.Motif == MotifSource.PerSequence ? Motif(ref random) : shared;
        row.Add(Drawing.Uniform(Length, _vocabulary, ref random), TokenClass.Noise);
        for (var i = 0; i < _positions.Length; i++)
        {
            row.Set(_positions[i], motif[i % motif.Length], TokenClass.Signal);
        }
    }

    protected override bool Counts(TokenClass item) => true;

    private int[] Motif(ref RandomSequence random) => Drawing.Uniform(_options.MotifLength, _vocabulary, ref random);
}
