using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets;

/// <summary>A dataset whose rows come from a text: derived classes say which text.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class TextDataset<TOptions> : Dataset<TOptions>
    where TOptions : TextualOptions, new()
{
    /// <summary>The text that options name, or what is wrong with it; quick enough for a form.</summary>
    private protected abstract (TextBody? Body, SpecProblem? Problem) BodyOf(TOptions options);

    /// <inheritdoc/>
    protected override int NaturalVocabulary(TOptions options) => TokenizerCatalog.VocabularySize(options.TokenizerSpec);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(DataFolder folder, TOptions options, IReadOnlyList<int> tokens) =>
        TokenCache.FindTokenizer(folder, options.TokenizerSpec, () => Body(options))?.TextsOf(tokens) ?? base.TextsOf(folder, options, tokens);

    /// <inheritdoc/>
    protected override TOptions Anchor(TOptions options) => options with { TokenizerFile = FilePath.Anchor(options.TokenizerFile) };

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(TOptions options, int contextLength, int vocabulary)
    {
        var problems = TextCorpora.TokenizerProblems(options.TokenizerSpec, vocabulary).ToList();
        var (body, problem) = BodyOf(options);
        if (problem is null && TokenizerCatalog.Problem(options.TokenizerSpec) is null)
        {
            problem = TextCorpora.TooShort(body!, options, contextLength);
        }

        return problem is null ? problems : [.. problems, problem];
    }

    /// <inheritdoc/>
    protected override void Prepare(DataFolder folder, TOptions options, PreparationProgress progress) =>
        TokenCache.Prepare(folder, Body(options), options.TokenizerSpec, progress);

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, TOptions options, int contextLength, int vocabulary) => OpenText(folder, options, contextLength, vocabulary);

    /// <summary>Opens the text itself.</summary>
    private protected CorpusStream OpenText(DataFolder folder, TOptions options, int contextLength, int vocabulary)
    {
        var problems = TextCorpora.TokenizerProblems(options.TokenizerSpec, vocabulary).ToList();
        return problems.Count == 0 ? TextCorpora.Open(folder, Body(options), options, contextLength) : throw new SpecException(problems);
    }

    private TextBody Body(TOptions options)
    {
        var (body, problem) = BodyOf(options);
        return body ?? throw new SpecException(problem!);
    }
}
