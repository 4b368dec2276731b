using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Downloads;
using Crossbench.Datasets.Sources;
using Crossbench.Options;

namespace Crossbench.Datasets;

/// <summary>A dataset that does something to the text of another: derived classes say what.</summary>
/// <typeparam name="TOptions">The options record.</typeparam>
public abstract class SourcedDataset<TOptions> : TextDataset<TOptions>
    where TOptions : SourcedOptions, new()
{
    private const string ContextOption = "shape.contextLength";

    /// <summary>Fewest tokens of a row in which there is something to do.</summary>
    protected abstract int SmallestContext { get; }

    /// <summary>What is wrong with the options that derived classes add.</summary>
    protected abstract IEnumerable<SpecProblem> OwnProblems(TOptions options);

    /// <inheritdoc/>
    public sealed override DatasetOptions Glimpse => new TOptions { Stories = 100 };

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> IdleOptions(DatasetOptions options)
    {
        // Their rows are never packed by documents; the copy on the hub is plain text.
        var sourced = (TOptions)options;
        var ofOtherSources = sourced.Source == TextOrigin.Stories ? ["path"] : new[] { "stories", "seed" };
        var ofRecords = sourced.Path.Length == 0 && sourced.Source != TextOrigin.Text ? new[] { "field", "badRecords" } : [];
        return [.. base.IdleOptions(options), "packing", .. ofOtherSources, .. ofRecords];
    }

    /// <inheritdoc/>
    protected override TOptions Anchor(TOptions options) => base.Anchor(options) with { Path = FilePath.Anchor(options.Path) };

    /// <inheritdoc/>
    private protected sealed override (TextBody? Body, SpecProblem? Problem) BodyOf(TOptions options) => options.Source switch
    {
        TextOrigin.Stories => (new StoryBody(options.Seed, options.Stories), null),
        TextOrigin.Tinystories => StoryFiles.FindOrHub(options.Path, options.Field, options.BadRecords, Hub.Shared),
        _ => FileBody.Find(options.Path, new FieldForm(options.Field), options.BadRecords),
    };

    /// <inheritdoc/>
    protected sealed override IEnumerable<SpecProblem> Validate(TOptions options, int contextLength, int vocabulary) =>
        [.. base.Validate(options, contextLength, vocabulary), .. Problems(options, contextLength)];

    /// <summary>What is wrong beside the text and its tokenizer.</summary>
    private protected IEnumerable<SpecProblem> Problems(TOptions options, int contextLength)
    {
        if (options.Source == TextOrigin.Stories && options.Path.Length > 0)
        {
            var source = ChoiceNames.NameOf(options.Source);
            yield return new SpecProblem(TextProblems.PathOption, $"\"{options.Path}\" is not used with the source {source}.", "Set the source to text, or leave this empty.")
            {
                Fixes = [new SpecFix("dataset.source", ChoiceNames.NameOf(TextOrigin.Text)), new SpecFix(TextProblems.PathOption, "")],
            };
        }

        if (options.Packing != Packing.Continuous)
        {
            yield return TextProblems.OwnRows($"The rows of {Id} are cut from continuous text.");
        }

        if (contextLength < SmallestContext)
        {
            yield return new SpecProblem(ContextOption, $"A context of {contextLength} is too short for {Id}.", $"Use {SmallestContext} or more.") { Fixes = [new SpecFix(ContextOption, $"{SmallestContext}")] };
        }

        foreach (var problem in OwnProblems(options))
        {
            yield return problem;
        }
    }

    /// <summary>Opens the text after a last look at the options.</summary>
    private protected CorpusStream OpenSource(DataFolder folder, TOptions options, int contextLength, int vocabulary) =>
        Problems(options, contextLength).ToArray() is { Length: > 0 } problems ? throw new SpecException(problems) : OpenText(folder, options, contextLength, vocabulary);
}
