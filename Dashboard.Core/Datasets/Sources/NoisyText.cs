using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Noise;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>noisy_text</c>.</summary>
public sealed record NoisyTextOptions : SourcedOptions
{
    /// <summary>Probability that a mistake begins at a letter or digit.</summary>
    [Range(0.0, 1.0)]
    [Display(Name = "Noise rate", Description = "Probability that a mistake begins at a letter or digit; 0 is the clean text. A swap takes two letters and what cannot be mistaken stays, so the share of mistaken characters is another, which is measured and told. Words and targets are the same at every rate.", Order = -3)]
    public double Rate { get; init; } = 0.1;

    /// <summary>Weight of typing errors.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Typos", Description = "Weight of neighbouring keys (QWERTY) against the other kinds of mistakes; 0 for none.", Order = -3)]
    public double TypoWeight { get; init; } = 1;

    /// <summary>Weight of swapped letters.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Swaps", Description = "Weight of two neighbouring letters in the wrong order; 0 for none.", Order = -3)]
    public double SwapWeight { get; init; } = 1;

    /// <summary>Weight of dropped letters.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Drops", Description = "Weight of letters left out, the first of a word never; 0 for none.", Order = -3)]
    public double DropWeight { get; init; } = 1;

    /// <summary>Weight of doubled letters.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Doubles", Description = "Weight of letters written twice; 0 for none.", Order = -3)]
    public double DoubleWeight { get; init; } = 1;

    /// <summary>Weight of letters that look alike.</summary>
    [Range(0.0, 1000.0)]
    [Display(Name = "Look-alikes", Description = "Weight of what a scanner mistakes (l, 1 and I, O and 0, rn and m); 0 for none.", Order = -3)]
    public double OcrWeight { get; init; } = 1;
}

/// <summary>
/// Any text with typos, swapped, dropped, doubled and misread letters, and the clean text to be predicted: after each word as it was mistaken, the first token of
/// the next clean word. Made for dose-response: train clean and evaluate noisy, or the other way round.
/// </summary>
/// <remarks>
/// A row takes as many words as fit at the rate that needs most tokens, and draws for each character once, whatever the rate. So rows hold the same words at every
/// rate, mistakes of one rate are mistaken at every higher one where they do not touch, and evaluation counts the very same targets
/// (<see cref="TokenClass.Answer"/>): losses are paired, and the mean needs no correction. Training counts the tokens inside of words too
/// (<see cref="TokenClass.Plain"/>) where nothing was mistaken. At rate 0 rows are the text's own tokens.
/// </remarks>
public sealed class NoisyText : SourcedDataset<NoisyTextOptions>
{
    /// <inheritdoc/>
    public override string Id => "noisy_text";

    /// <inheritdoc/>
    public override string Title => "Noisy text";

    /// <inheritdoc/>
    public override string Summary => "Text with mistakes of typing and scanning to read, and the first token of each clean next word to predict; for dose-response.";

    /// <inheritdoc/>
    public override bool PredictsNextInput => false;

    /// <inheritdoc/>
    protected override int SmallestContext => 8;

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> OwnProblems(NoisyTextOptions options) => options.Rate > 0 && Mix(options).IsEmpty
        ? [new SpecProblem("dataset.rate", $"At a rate of {options.Rate} mistakes are made, but every kind has the weight 0.", "Give one of them a weight, or set the rate to 0.")
        {
            Fixes = [new SpecFix("dataset.typoWeight", "1"), new SpecFix("dataset.rate", "0")],
        }]
        : [];

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, NoisyTextOptions options, int contextLength, int vocabulary) =>
        new NoisyStream(folder, OpenSource(folder, options, contextLength, vocabulary), new NoiseSettings(options.Rate, Mix(options)), contextLength);

    private static NoiseMix Mix(NoisyTextOptions options) => new(options.TypoWeight, options.SwapWeight, options.DropWeight, options.DoubleWeight, options.OcrWeight);
}
