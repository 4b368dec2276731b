using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Imports;
using Crossbench.Datasets.Tokenizers;
using Crossbench.Options;

namespace Crossbench.Datasets.Sources;

/// <summary>Options of <c>text</c>.</summary>
public sealed record TextOptions : TextualOptions
{
    /// <summary>
    /// A UTF-8 text, .jsonl, .ndjson, .csv or .tsv file, or a folder whose .txt files (else whose .jsonl, .ndjson, .csv and .tsv files) are read in ordinal order
    /// of their names. A relative path starts at the working directory, <c>~/</c> at the home folder; an absolute one is stored.
    /// </summary>
    [Display(Name = "File or folder", Description = "A text, .jsonl, .csv or .tsv file in UTF-8, or a folder of .txt files or of such files.", Order = -1)]
    public string Path { get; init; } = "";

    /// <summary>Field of a JSON record, or column of a table, that holds the text.</summary>
    [Display(Name = "Field", Description = "Field of each .jsonl record, or column of the table, that holds the text; plain text has none.", Order = -1)]
    public string Field { get; init; } = "text";

    /// <summary>What to do with records that are broken.</summary>
    [Display(Name = "Broken records", Description = "stop: the first broken record is refused with its line. skip: broken records are left out and counted.", Order = -1)]
    public BadRecords BadRecords { get; init; }
}

/// <summary>
/// Any text of the user's. Its last tenth (of a short text more, up to a quarter) is for validation, the twentieth before it for testing. Files of a folder and
/// records are documents, joined by the tokenizer's end-of-text token where it has one and by a line feed where it has none.
/// </summary>
public sealed class Text : TextDataset<TextOptions>
{
    /// <inheritdoc/>
    public override string Id => "text";

    /// <inheritdoc/>
    public override string Title => "Text";

    /// <inheritdoc/>
    public override string Summary => "A text file of yours, a folder of them, or a field of .jsonl or .csv records.";

    /// <inheritdoc/>
    public override ImportFit? Recognise(ImportSample file)
    {
        if (file.IsTokenizer)
        {
            return new ImportFit([new("dataset.tokenizer", ChoiceNames.NameOf(TokenizerChoice.File)), new("dataset.tokenizerFile", file.Path)], IsSpecific: true);
        }

        var usual = new TextOptions().Field;
        var field = file.Texts.Contains(usual) ? null : file.Texts.MaxBy(name => file.Record!.Value.GetProperty(name).GetString()!.Length);
        return new ImportFit([new("dataset.path", file.Path), .. field is null ? [] : new[] { KeyValuePair.Create("dataset.field", field) }], IsSpecific: false);
    }

    /// <inheritdoc/>
    protected override TextOptions Anchor(TextOptions options) => base.Anchor(options) with { Path = FilePath.Anchor(options.Path) };

    /// <inheritdoc/>
    private protected override (TextBody? Body, SpecProblem? Problem) BodyOf(TextOptions options) =>
        FileBody.Find(options.Path, new FieldForm(options.Field), options.BadRecords);
}
