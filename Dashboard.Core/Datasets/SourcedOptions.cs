using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;

namespace Crossbench.Datasets;

/// <summary>The text under a dataset that does something to text.</summary>
public enum TextOrigin
{
    /// <summary>The stories of our generator.</summary>
    Stories,

    /// <summary>TinyStories, from a copy or the hub.</summary>
    Tinystories,

    /// <summary>A text of the user's.</summary>
    Text,
}

/// <summary>Options of every dataset that does something to the text of another.</summary>
public abstract record SourcedOptions : TextualOptions
{
    /// <summary>Which text.</summary>
    [Display(Name = "Source", Description = "stories: from our generator. tinystories: as the dataset of that name, downloaded when no copy is named. text: a file or folder of yours.", Order = -2)]
    public TextOrigin Source { get; init; }

    /// <summary>A file or folder, as in <c>text</c>.</summary>
    [Display(Name = "File or folder", Description = "With the sources text and tinystories: a text, .jsonl, .csv or .tsv file in UTF-8, or a folder of .txt files or of such files.", Order = -2)]
    public string Path { get; init; } = "";

    /// <summary>Field of a JSON record, or column of a table, that holds the text.</summary>
    [Display(Name = "Field", Description = "Field of each .jsonl record, or column of the table, that holds the text; plain text has none.", Order = -2)]
    public string Field { get; init; } = "text";

    /// <summary>What to do with records that are broken.</summary>
    [Display(Name = "Broken records", Description = "stop: the first broken record is refused with its line. skip: broken records are left out and counted.", Order = -2)]
    public BadRecords BadRecords { get; init; }

    /// <summary>Number of stories, with the source <c>stories</c>.</summary>
    [Range(100, 1_000_000)]
    [Display(Name = "Stories", Description = "With the source stories: their number, about 1,100 bytes each.", Prompt = "stories", Order = -2)]
    public int Stories { get; init; } = 20_000;

    /// <summary>Seed of the stories, with the source <c>stories</c>.</summary>
    [Range(0, int.MaxValue)]
    [Display(Name = "Story seed", Description = "With the source stories: the seed of the stories themselves; runs to be compared share it.", Order = -2)]
    public int Seed { get; init; }
}
