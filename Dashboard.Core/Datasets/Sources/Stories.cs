using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>stories</c>.</summary>
public sealed record StoriesOptions : DatasetOptions
{
    /// <summary>Number of stories, about 1,100 bytes each.</summary>
    [Range(100, 1_000_000)]
    [Display(Name = "Stories", Description = "Number of stories, about 1,100 bytes each.", Prompt = "stories")]
    public int Stories { get; init; } = 20_000;

    /// <summary>How text becomes tokens.</summary>
    [Display(Name = "Tokenizer", Description = "How text becomes tokens: single bytes, or the byte pairs of GPT-2.")]
    public TokenizerChoice Tokenizer { get; init; }

    /// <summary>Seed of the stories themselves; the run's seed only chooses among them.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Story seed", Description = "Seed of the stories themselves; runs to be compared share it.")]
    public int Seed { get; init; }
}

/// <summary>
/// Short children's stories told by a grammar of ours, the same on every machine, so that a run without any file or network learns real prose. They are
/// written to the data folder once and then read as <see cref="Text"/> reads a file.
/// </summary>
public sealed class Stories : Dataset<StoriesOptions>
{
    /// <inheritdoc/>
    public override string Id => "stories";

    /// <inheritdoc/>
    public override string Title => "Stories";

    /// <inheritdoc/>
    public override string Summary => "Short children's stories from a generator; needs no file and no network.";

    /// <inheritdoc/>
    protected override int NaturalVocabulary(StoriesOptions options) => TokenizerCatalog.VocabularySize(options.Tokenizer);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(StoriesOptions options, IReadOnlyList<int> tokens) => TokenizerCatalog.Open(options.Tokenizer).TextsOf(tokens);

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(StoriesOptions options, int contextLength, int vocabulary)
    {
        if (TextProblems.SmallVocabulary(options.Tokenizer, vocabulary) is { } small)
        {
            yield return small;
        }

        if (TokenizerCatalog.Problem(options.Tokenizer) is { } unusable)
        {
            yield return unusable;
            yield break;
        }

        // Long contexts on few stories: only then is the book worth telling to see how long it is.
        var needed = TextSplit.Required(contextLength);
        if (options.Stories * StoryBook.FewestTokens < needed && StoryBook.CountTokens(options.Seed, options.Stories, options.Tokenizer) is var tokens && tokens < needed)
        {
            yield return TooShort(options, tokens, contextLength);
        }
    }

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, StoriesOptions options, int contextLength, int vocabulary)
    {
        if (Validate(options, contextLength, vocabulary).ToList() is { Count: > 0 } problems)
        {
            throw new SpecException(problems);
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"stories-{StoryBook.Version}-{options.Seed}-{options.Stories}.txt");
        var path = PreparedFile.Get(folder, name, stream => StoryBook.Write(stream, options.Seed, options.Stories));
        var source = new TextSource(path, false, [new FileInfo(path)]);
        return TextCorpora.Open(folder, source, options.Tokenizer, contextLength, tokens => TooShort(options, tokens, contextLength));
    }

    private static SpecProblem TooShort(StoriesOptions options, long tokens, int contextLength) =>
        TextProblems.TooShort("dataset.stories", string.Create(CultureInfo.InvariantCulture, $"{options.Stories:N0} stories have"), tokens, options.Tokenizer, contextLength);
}
