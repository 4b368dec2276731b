using System.Globalization;
using Crossbench.Options;

namespace Crossbench.Datasets.Generated;

/// <summary>A dataset whose sequences come from a generator: it needs no file, and its chance and floor follow from the generator.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class GeneratedDataset<TOptions> : Dataset<TOptions>
    where TOptions : DatasetOptions, new()
{
    private const string ContextOption = "shape.contextLength";
    private const int LongestContext = 1 << 20;

    /// <inheritdoc/>
    public sealed override DatasetOptions Glimpse => Defaults;

    /// <inheritdoc/>
    public sealed override TokenMeaning MeaningOf(DatasetOptions options) => Words((TOptions)options) is { } words ? TokenMeaning.Words(words.Key) : TokenMeaning.Ids;

    /// <summary>What the tokens mean; null when any id may stand anywhere.</summary>
    protected virtual TokenWords? Words(TOptions options) => null;

    /// <inheritdoc/>
    protected override int NaturalVocabulary(TOptions options) => Words(options)?.Count ?? 4096;

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<string> TextsOf(DataFolder folder, TOptions options, IReadOnlyList<int> tokens) =>
        Words(options) is { } words ? [.. tokens.Select(words.Word)] : base.TextsOf(folder, options, tokens);

    /// <summary>What is wrong with the options among themselves and with the context; the vocabulary is looked after here.</summary>
    protected abstract IEnumerable<SpecProblem> Validate(TOptions options, int contextLength);

    /// <summary>Opens options that fit.</summary>
    protected abstract TokenStream Open(TOptions options, int contextLength, int vocabulary);

    /// <inheritdoc/>
    protected sealed override IEnumerable<SpecProblem> Validate(TOptions options, int contextLength, int vocabulary)
    {
        foreach (var problem in Validate(options, contextLength))
        {
            yield return problem;
        }

        if (Words(options) is { } words && words.Count > vocabulary)
        {
            yield return new SpecProblem("shape.vocabulary", $"A vocabulary of {Number(vocabulary)} is smaller than the {Number(words.Count)} tokens of {Id} with these options.", $"Use {Number(words.Count)} or more, or leave it empty.")
            {
                Fixes = [new SpecFix("shape.vocabulary", Plain(words.Count))],
            };
        }
    }

    /// <inheritdoc/>
    protected sealed override TokenStream Open(DataFolder folder, TOptions options, int contextLength, int vocabulary) =>
        Validate(options, contextLength, vocabulary).ToArray() is { Length: > 0 } problems ? throw new SpecException(problems) : Open(options, contextLength, vocabulary);

    /// <summary>A context that has no room for a sequence, or null when it has.</summary>
    /// <param name="contextLength">Tokens in a sequence, T.</param>
    /// <param name="needed">Tokens needed.</param>
    /// <param name="content">What needs them: "8 pairs and 8 queries".</param>
    /// <param name="smaller">What to use less of: "fewer pairs".</param>
    /// <param name="fixes">Smaller values of own options that fit.</param>
    private protected static SpecProblem? Space(int contextLength, long needed, string content, string smaller, params SpecFix?[] fixes) => needed <= contextLength ? null :
        new SpecProblem(
            ContextOption,
            $"A context of {Number(contextLength)} has no room for {content}, which {(needed == 1 ? "takes" : "take")} {Number(needed)} tokens.",
            needed <= LongestContext ? $"Use {Number(needed)} or more, or {smaller}." : $"Use {smaller}.")
        {
            Fixes = [.. needed <= LongestContext ? [new SpecFix(ContextOption, Plain(needed))] : Array.Empty<SpecFix>(), .. fixes.OfType<SpecFix>()],
        };

    /// <summary>A value of an own option that fits; null when it is outside the option's range or below what else it must be.</summary>
    private protected static SpecFix? Fix(string option, long value, long smallest = long.MinValue)
    {
        var field = OptionSchema.For(typeof(TOptions)).Find(option)!;
        return value >= smallest && value >= field.Minimum && value <= field.Maximum ? new SpecFix($"dataset.{option}", Plain(value)) : null;
    }

    /// <summary>A context of a single token, which leaves nothing to predict.</summary>
    private protected IEnumerable<SpecProblem> NothingToPredict(int contextLength)
    {
        if (contextLength < 2)
        {
            yield return new SpecProblem(ContextOption, $"A context of {contextLength} leaves nothing to predict in {Id}.", "Use 2 or more.") { Fixes = [new SpecFix(ContextOption, "2")] };
        }
    }

    /// <summary>A number for people.</summary>
    private protected static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count of things: "1 pair", "8 pairs".</summary>
    private protected static string Count(long count, string thing) => $"{Number(count)} {thing}{(count == 1 ? "" : "s")}";

    private static string Plain(long value) => value.ToString(CultureInfo.InvariantCulture);
}
