using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Options;

namespace Crossbench.Datasets;

/// <summary>A dataset whose rows come from a text: derived classes say which text.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class TextDataset<TOptions> : Dataset<TOptions>
    where TOptions : TextualOptions, new()
{
    /// <summary>The text that options name, or what is wrong with it; quick enough for a form.</summary>
    private protected abstract (TextBody? Body, SpecProblem? Problem) BodyOf(TOptions options);

    /// <summary>Whether ids are taken modulo the vocabulary, which may then be smaller than the tokenizer's.</summary>
    private protected virtual bool FoldsIds(TOptions options) => false;

    /// <inheritdoc/>
    protected override int NaturalVocabulary(TOptions options) => TokenizerCatalog.VocabularySize(options.TokenizerSpec);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(DataFolder folder, TOptions options, IReadOnlyList<int> tokens) =>
        TokenCache.FindTokenizer(folder, options.TokenizerSpec, () => Body(options).Here(folder))?.TextsOf(tokens) ?? base.TextsOf(folder, options, tokens);

    /// <inheritdoc/>
    public sealed override TokenMeaning MeaningOf(DatasetOptions options)
    {
        // A file may hold any tokenizer, and what is learnt depends on the text.
        var choice = ((TOptions)options).Tokenizer;
        return TokenMeaning.Text(choice is TokenizerChoice.Bytes or TokenizerChoice.Gpt2 ? ChoiceNames.NameOf(choice) : null);
    }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> IdleOptions(DatasetOptions options) =>
    [
        .. ((TOptions)options).Tokenizer == TokenizerChoice.File ? Array.Empty<string>() : ["tokenizerFile"],
        .. ((TOptions)options).Tokenizer == TokenizerChoice.Bpe ? Array.Empty<string>() : ["tokenizerSize"],
    ];

    /// <inheritdoc/>
    protected override TOptions Anchor(TOptions options) => options with { TokenizerFile = FilePath.Anchor(options.TokenizerFile) };

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(TOptions options, int contextLength, int vocabulary)
    {
        var problems = TextCorpora.TokenizerProblems(options.TokenizerSpec, FoldsIds(options) ? int.MaxValue : vocabulary).ToList();
        var (body, problem) = BodyOf(options);
        if (problem is null && TokenizerCatalog.Problem(options.TokenizerSpec) is null)
        {
            problem = TextCorpora.TooShort(body!, options, contextLength);
        }

        return problem is null ? problems : [.. problems, problem];
    }

    /// <inheritdoc/>
    protected override void Prepare(DataFolder folder, TOptions options, PreparationProgress progress)
    {
        Body(options).Fetch(folder, progress);
        TokenCache.Prepare(folder, Here(folder, options), options.TokenizerSpec, progress);
    }

    /// <inheritdoc/>
    public override string? Download(DataFolder folder, DatasetOptions options) =>
        BodyOf((TOptions)options).Body is { } body && body.Here(folder) is null ? body.Remote : null;

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, TOptions options, int contextLength, int vocabulary) => OpenText(folder, options, contextLength, vocabulary);

    /// <summary>Opens the text itself.</summary>
    private protected CorpusStream OpenText(DataFolder folder, TOptions options, int contextLength, int vocabulary)
    {
        var problems = TextCorpora.TokenizerProblems(options.TokenizerSpec, FoldsIds(options) ? int.MaxValue : vocabulary).ToList();
        return problems.Count == 0 ? TextCorpora.Open(folder, Here(folder, options), options, contextLength) : throw new SpecException(problems);
    }

    private TextBody Here(DataFolder folder, TOptions options)
    {
        var body = Body(options);
        return body.Here(folder) ?? throw new SpecException(body.NotHere);
    }

    private TextBody Body(TOptions options)
    {
        var (body, problem) = BodyOf(options);
        return body ?? throw new SpecException(problem!);
    }
}
