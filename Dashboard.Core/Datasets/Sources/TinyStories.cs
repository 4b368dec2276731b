using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Downloads;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>tinystories</c>.</summary>
public sealed record TinyStoriesOptions : TextualOptions
{
    /// <summary>A local copy: a file or a folder; empty for the hub's.</summary>
    [Display(Name = "File or folder", Description = "A copy of the text files (stories with <|endoftext|> between), or of .jsonl or .csv records. Empty: 1.9 GB are downloaded from Hugging Face when the data are prepared (Download on its page, ./run prepare, or the start of a run), never before.", Order = -1)]
    public string Path { get; init; } = "";

    /// <summary>Field of a JSON record, or column of a table, that holds the story.</summary>
    [Display(Name = "Field", Description = "Field of each .jsonl record, or column of the table, that holds the story; plain text has none.", Order = -1)]
    public string Field { get; init; } = "text";

    /// <summary>What to do with records that are broken.</summary>
    [Display(Name = "Broken records", Description = "stop: the first broken record is refused with its line. skip: broken records are left out and counted.", Order = -1)]
    public BadRecords BadRecords { get; init; }

    /// <summary>Whose rows are made.</summary>
    [Display(Name = "Compatible with", Description = CompatibilityRules.Help, Order = -1)]
    public Compatibility Compat { get; init; }
}

/// <summary>
/// TinyStories (Eldan and Li, "TinyStories: how small can language models be and still speak coherent English?", 2023): short stories in the words of small
/// children. Each story is a document. Files with "valid" in their names are for testing and validation, half each; without such the tail of the text is.
/// </summary>
public sealed class TinyStories : TextDataset<TinyStoriesOptions>
{
    private readonly Hub _hub;

    /// <summary>The dataset, with the hub that the environment names.</summary>
    public TinyStories() : this(Hub.Shared)
    {
    }

    internal TinyStories(Hub hub) => _hub = hub;

    /// <inheritdoc/>
    public override string Id => "tinystories";

    /// <inheritdoc/>
    public override string Title => "TinyStories";

    /// <inheritdoc/>
    public override string Summary => "Short stories in simple words, from a copy of yours or downloaded from Hugging Face.";

    /// <inheritdoc/>
    public override TransBenchForm TransBench { get; } = new("tinystories")
    {
        Keys = [("tokenizer_model", "tokenizer")],
        Fixed = [("compat", "transbench")],
    };

    /// <inheritdoc/>
    protected override TinyStoriesOptions Anchor(TinyStoriesOptions options) => base.Anchor(options) with { Path = FilePath.Anchor(options.Path) };

    /// <inheritdoc/>
    private protected override bool FoldsIds(TinyStoriesOptions options) => options.Compat == Compatibility.Transbench;

    /// <inheritdoc/>
    private protected override (TextBody? Body, SpecProblem? Problem) BodyOf(TinyStoriesOptions options) =>
        StoryFiles.FindOrHub(options.Path, options.Field, options.BadRecords, _hub);

    /// <inheritdoc/>
    protected override IEnumerable<SpecProblem> Validate(TinyStoriesOptions options, int contextLength, int vocabulary) =>
        [.. base.Validate(options, contextLength, vocabulary), .. CompatibilityRules.Problems(options.Compat, options)];

    /// <inheritdoc/>
    protected override TokenStream Open(DataFolder folder, TinyStoriesOptions options, int contextLength, int vocabulary)
    {
        if (CompatibilityRules.Problems(options.Compat, options).ToArray() is { Length: > 0 } problems)
        {
            throw new SpecException(problems);
        }

        var text = OpenText(folder, options, contextLength, vocabulary);
        return options.Compat == Compatibility.None ? text : new StoryRows(folder, text, contextLength, vocabulary);
    }
}
