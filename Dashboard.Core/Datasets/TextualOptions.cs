using System.ComponentModel.DataAnnotations;
using Crossbench.Datasets.Corpora;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets;

/// <summary>How rows are cut from documents.</summary>
public enum Packing
{
    /// <summary>Documents follow one another, an end of text between two, and a row starts anywhere.</summary>
    Continuous,

    /// <summary>A row holds whole documents, as many as fit; only what is longer than a row is cut. What is left of it is padding.</summary>
    Documents,
}

/// <summary>Options of every dataset that is made of text: how it becomes tokens and rows.</summary>
public abstract record TextualOptions : DatasetOptions
{
    /// <summary>How text becomes tokens.</summary>
    [Display(Name = "Tokenizer", Description = "bytes: each byte is a token. gpt2: the byte pairs of GPT-2. bpe: byte pairs learnt from the training split. file: a tokenizer.json of Hugging Face.")]
    public TokenizerChoice Tokenizer { get; init; }

    /// <summary>Path of a <c>tokenizer.json</c>, with the tokenizer <c>file</c>.</summary>
    [Display(Name = "Tokenizer file", Description = "Path of a tokenizer.json, with the tokenizer file (SmolLM2, Llama 3, any byte-level BPE).")]
    public string TokenizerFile { get; init; } = "";

    /// <summary>Number of token ids of a learnt tokenizer.</summary>
    [Range(258, 65536)]
    [Display(Name = "Tokenizer size", Description = "Number of token ids that the tokenizer bpe learns.", Prompt = "tokens")]
    public int TokenizerSize { get; init; } = 4096;

    /// <summary>How rows are cut from documents.</summary>
    [Display(Name = "Packing", Description = "continuous: rows start anywhere. documents: rows hold whole documents (only one longer than a row is cut) and no prediction crosses from one to the next; the rest of a row is padding.")]
    public virtual Packing Packing { get; init; }

    /// <summary>The tokenizer that these options name.</summary>
    internal TokenizerSpec TokenizerSpec => new(Tokenizer, TokenizerFile, TokenizerSize);
}
