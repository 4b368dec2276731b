using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>poisoned_needle</c>.</summary>
public sealed record PoisonedNeedleOptions : SourcedOptions
{
    /// <summary>Share of the middle of a row that is overwritten.</summary>
    [Range(0.0, 1.0)]
    [Display(Name = "Poison ratio", Description = "Share of the middle nine tenths of a row that is overwritten by uniform ids; above 0 at least one token, at 0 none.", Order = -3)]
    public double PoisonRatio { get; init; } = 0.85;

    /// <summary>Whose rows are poisoned.</summary>
    [Display(Name = "Compatible with", Description = CompatibilityRules.Help, Order = -1)]
    public Compatibility Compat { get; init; }
}

/// <summary>
/// Text in whose middle most tokens are overwritten by noise, as TransBench's <c>poisoned_needle</c>. A sequence is T tokens, hence T − 1 predictions: the last
/// target of a row is not counted. Overwritten tokens are <see cref="TokenClass.Noise"/>; what can still be read, at the edges and between, is
/// <see cref="TokenClass.Signal"/>, so that gates are scored as detectors as on <c>sparse_signal</c>.
/// </summary>
/// <remarks>
/// Noise is uniform over the whole vocabulary of the model, special ids included, and may hit the id that was there; such a token is noise all the same. It comes
/// from streams of its own, place by place: rows show the same text at every ratio, and what is poisoned at one ratio is so, by the same ids, at every larger one.
/// Nobody knows how well the text can be predicted, so there is no floor; <see cref="DatasetFacts.Irreducible"/> tells what the noise alone costs.
/// </remarks>
public sealed class PoisonedNeedle : SourcedDataset<PoisonedNeedleOptions>
{
    /// <inheritdoc/>
    public override string Id => "poisoned_needle";

    /// <inheritdoc/>
    public override string Title => "Poisoned needle";

    /// <inheritdoc/>
    public override string Summary => "Text with most of the middle of each row overwritten by noise; tells what a model makes of the rest.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("poisoned_needle")
    {
        Keys = [("poison_ratio", "poisonRatio"), ("tokenizer_model", "tokenizer")],
        Fixed = [("source", "tinystories"), ("compat", "transbench")],
    };

    /// <inheritdoc/>
    protected override int SmallestContext => 3;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> OwnProblems(PoisonedNeedleOptions options) => CompatibilityRules.Problems(options.Compat, options).Where(problem => problem.Path != "dataset.packing");

    /// <inheritdoc/>
    private protected override bool FoldsIds(PoisonedNeedleOptions options) => options.Compat == Compatibility.Transbench;

    /// <inheritdoc/>
    protected override DatasetFacts Describe(PoisonedNeedleOptions options, int contextLength, int vocabulary)
    {
        var poison = Poison.Of(contextLength, options.PoisonRatio);
        return new DatasetFacts(null, null) { NoiseShare = poison.Share, Irreducible = poison.Irreducible(vocabulary) };
    }

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, PoisonedNeedleOptions options, int contextLength, int vocabulary)
    {
        var text = OpenSource(folder, options, contextLength, vocabulary);
        var poison = Poison.Of(contextLength, options.PoisonRatio);
        var known = text.Text.Tokenizer.VocabularySize;
        if (options.Compat == Compatibility.None)
        {
            var chance = UnigramEntropy.OfPoisoned(folder, text.Text, text.Split.Training, poison.Count, contextLength - 1, vocabulary);
            return new PoisonedStream(text, poison, known, vocabulary, chance);
        }

        var rows = new StoryRows(folder, text, contextLength, vocabulary);
        return new PoisonedStream(rows, poison, known, vocabulary, rows.PoisonedChance(folder, poison.ShareAt, $"poison-{poison.Count}"));
    }
}

/// <summary>How a row is poisoned: so many places between two edges.</summary>
/// <param name="Length">Tokens in a row, T.</param>
/// <param name="Start">First place that may be poisoned.</param>
/// <param name="End">The place after the last.</param>
/// <param name="Count">Poisoned places.</param>
internal readonly record struct Poison(int Length, int Start, int End, int Count)
{
    private const double EdgeShare = 0.05;

    /// <summary>Real share of a row that is noise.</summary>
    public double Share => (double)Count / Length;

    /// <summary>Share of rows in which a place is poisoned.</summary>
    public double ShareAt(int place) => place >= Start && place < End ? (double)Count / (End - Start) : 0;

    /// <summary>The poison of a ratio; rounding is TransBench's.</summary>
    public static Poison Of(int length, double ratio)
    {
        var edge = Math.Max(1, (int)(EdgeShare * length));
        var centre = Math.Max(0, length - (2 * edge));
        return new Poison(length, edge, edge + centre, ratio == 0 || centre == 0 ? 0 : Math.Max(1, (int)(centre * ratio)));
    }

    /// <summary>
    /// What the noise costs every predictor, in nats per counted token: whatever it says of a uniform id costs ln V or more on average, and no place before the
    /// first edge is poisoned, so each of them is a counted target.
    /// </summary>
    public double Irreducible(int vocabulary) => Count / (Length - 1.0) * Math.Log(vocabulary);
}
