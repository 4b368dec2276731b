using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>text</c>.</summary>
public sealed record TextOptions : DatasetOptions
{
    /// <summary>A UTF-8 text file, or a folder whose .txt files are read in ordinal order of their names. A relative path starts at the working directory, <c>~/</c> at the home folder; an absolute one is stored.</summary>
    [Display(Name = "File or folder", Description = "A text file in UTF-8, or a folder of .txt files.")]
    public string Path { get; init; } = "";

    /// <summary>How text becomes tokens.</summary>
    [Display(Name = "Tokenizer", Description = "How text becomes tokens: single bytes, or the byte pairs of GPT-2.")]
    public TokenizerChoice Tokenizer { get; init; }
}

/// <summary>
/// Any text of the user's. Its last tenth (of a short text more, up to a quarter) is for validation, the twentieth before it for testing. The files of a folder are documents, joined by the tokenizer's
/// end-of-text token where it has one and by a line feed where it has none.
/// </summary>
public sealed class Text : Dataset<TextOptions>
{
    /// <inheritdoc/>
    public override string Id => "text";

    /// <inheritdoc/>
    public override string Title => "Text";

    /// <inheritdoc/>
    public override string Summary => "A text file of yours, or a folder of them.";

    /// <inheritdoc/>
    protected override int NaturalVocabulary(TextOptions options) => TokenizerCatalog.VocabularySize(options.Tokenizer);

    /// <inheritdoc/>
    protected override TextOptions Anchor(TextOptions options)
    {
        var path = options.Path.Trim();
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return options;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return options with { Path = System.IO.Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? System.IO.Path.Combine(home, path[2..]) : path) };
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(TextOptions options, IReadOnlyList<int> tokens) => TokenizerCatalog.Open(options.Tokenizer).TextsOf(tokens);

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(TextOptions options, int contextLength, int vocabulary)
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

        var (source, problem) = TextSource.Find(options.Path);
        problem ??= TextLength.Check(source!, options.Tokenizer, contextLength);
        if (problem is not null)
        {
            yield return problem;
        }
    }

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, TextOptions options, int contextLength, int vocabulary)
    {
        if (TextProblems.SmallVocabulary(options.Tokenizer, vocabulary) is { } small)
        {
            throw new SpecException(small);
        }

        var (source, problem) = TextSource.Find(options.Path);
        return source is null
            ? throw new SpecException(problem!)
            : TextCorpora.Open(folder, source, options.Tokenizer, contextLength, tokens => TextLength.Problem(source, tokens, options.Tokenizer, contextLength));
    }
}
