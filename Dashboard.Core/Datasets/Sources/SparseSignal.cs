using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Generated;

namespace Crossbench.Datasets.Sources;

/// <summary>Where the motif of <c>sparse_signal</c> comes from.</summary>
public enum MotifSource
{
    /// <summary>One motif for everything, drawn from the motif seed: it can be learnt by heart.</summary>
    Fixed,

    /// <summary>A new motif for every training batch and every evaluation row: it can only be copied from earlier in the sequence. TransBench does this.</summary>
    PerBatch,

    /// <summary>A new motif for every sequence, in training too: its batches hold as many motifs as rows.</summary>
    PerSequence,
}

/// <summary>Options of <c>sparse_signal</c>.</summary>
public sealed record SparseSignalOptions : DatasetOptions
{
    /// <summary>Share of positions that carry the motif; at least one position does.</summary>
    [Range(0.0, 1.0)]
    [Display(Name = "Signal ratio", Description = "Share of positions that carry the motif; the rest is uniform noise.")]
    public double SignalRatio { get; init; } = 0.3;

    /// <summary>Tokens in the motif, which repeats over the signal positions.</summary>
    [Range(1, 65536)]
    [Display(Name = "Motif length", Description = "Tokens after which the signal repeats.", Prompt = "tokens")]
    public int MotifLength { get; init; } = 8;

    /// <summary>Where the motif comes from.</summary>
    [Display(Name = "Motif", Description = "One motif for all sequences, a new one for every training batch (as TransBench has it), or a new one for every sequence.")]
    public MotifSource Motif { get; init; }

    /// <summary>Seed of the fixed motif; training and evaluation share it.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Motif seed", Description = "Seed of the fixed motif, the same in training and evaluation.")]
    public int MotifSeed { get; init; }
}

/// <summary>
/// A short motif at evenly spaced positions in uniform noise, as TransBench's <c>sparse_signal</c>. A sequence is T tokens, hence T − 1 predictions: the last
/// target of a row lies beyond the sequence and is not counted. So chance and floor are those of TransBench at S = T.
/// </summary>
public sealed class SparseSignal : GeneratedDataset<SparseSignalOptions>
{
    /// <inheritdoc/>
    public override string Id => "sparse_signal";

    /// <inheritdoc/>
    public override string Title => "Sparse signal";

    /// <inheritdoc/>
    public override string Summary => "A repeating motif at known positions in uniform noise; tells whether a gate finds the signal.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("sparse_signal")
    {
        Keys = [("signal_ratio", "signalRatio"), ("motif_len", "motifLength")],
        Fixed = [("motif", "perBatch")],
    };

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(SparseSignalOptions options, int contextLength) => NothingToPredict(contextLength);

    /// <inheritdoc/>
    protected override DatasetFacts Describe(SparseSignalOptions options, int contextLength, int vocabulary) =>
        new(Chance(options, contextLength, vocabulary), Floor(options, contextLength, vocabulary)) { NoiseShare = (double)NoiseTargets(options, contextLength) / (contextLength - 1) };

    /// <inheritdoc/>
    protected override TokenStream Open(SparseSignalOptions options, int contextLength, int vocabulary) =>
        new SparseSignalStream(Id, Describe(options, contextLength, vocabulary), options, contextLength, vocabulary);

    /// <summary>
    /// Entropy of the frequencies of the predicted tokens. The tokens of a fixed motif are more frequent than the others, which a predictor that has learnt nothing
    /// else knows; a motif that is drawn anew is any token alike, so there it is ln V.
    /// </summary>
    private static double Chance(SparseSignalOptions options, int contextLength, int vocabulary)
    {
        var noise = NoiseTargets(options, contextLength);
        if (options.Motif != MotifSource.Fixed || noise == contextLength - 1)
        {
            return Math.Log(vocabulary);
        }

        var motif = FixedMotif(options, vocabulary);
        var signals = new Dictionary<int, int>();
        for (var i = 1; i < SignalCount(contextLength, options.SignalRatio); i++)
        {
            var token = motif[i % motif.Length];
            signals[token] = signals.GetValueOrDefault(token) + 1;
        }

        // −Σ p ln p: first of the tokens of the motif, then of all others, which are alike.
        var (targets, other) = (contextLength - 1.0, (double)noise / vocabulary);
        return signals.Values.Sum(count => Surprise((count + other) / targets)) + ((vocabulary - signals.Count) * Surprise(other / targets));

        static double Surprise(double share) => share > 0 ? -share * Math.Log(share) : 0;
    }

    /// <summary>The motif of the seed: drawn neither from the data nor from the evaluation stream, else evaluation would meet another one and the floor could not be reached.</summary>
    internal static int[] FixedMotif(SparseSignalOptions options, int vocabulary)
    {
        var random = new RandomStreams(options.MotifSeed).Stream("sparse_signal/motif");
        return Drawing.Uniform(options.MotifLength, vocabulary, ref random);
    }

    /// <summary>
    /// Smallest reachable mean loss: a signal token costs nothing once its motif is known, everything else costs ln V. Position 0 always carries signal and is
    /// never predicted; a fixed motif is known from the start, a new one after its first round.
    /// </summary>
    private static double Floor(SparseSignalOptions options, int contextLength, int vocabulary)
    {
        var signal = SignalCount(contextLength, options.SignalRatio);
        var known = options.Motif == MotifSource.Fixed ? signal - 1 : Math.Max(0, signal - options.MotifLength);
        return (contextLength - 1.0 - known) / (contextLength - 1.0) * Math.Log(vocabulary);
    }

    /// <summary>Predicted positions that carry noise: all but the first position and the other signals.</summary>
    private static int NoiseTargets(SparseSignalOptions options, int contextLength) => contextLength - SignalCount(contextLength, options.SignalRatio);

    private static int SignalCount(int length, double ratio) => Math.Max(1, (int)(length * ratio));

    /// <summary>floor(i · (S − 1) / (n − 1)) in double, with the last at S − 1 exactly.</summary>
    internal static int[] Positions(int length, double ratio)
    {
        var positions = new int[SignalCount(length, ratio)];
        var step = positions.Length > 1 ? (length - 1.0) / (positions.Length - 1) : 0;
        for (var i = 1; i < positions.Length; i++)
        {
            positions[i] = i == positions.Length - 1 ? length - 1 : (int)Math.Floor(i * step);
        }

        return positions;
    }
}
