namespace Crossbench.Datasets.Tokenizers;

/// <summary>How text becomes tokens.</summary>
public enum TokenizerChoice
{
    /// <summary>Each byte of UTF-8 is a token: 256 ids.</summary>
    Bytes,

    /// <summary>The byte pairs of GPT-2: 50,257 ids.</summary>
    Gpt2,

    /// <summary>Byte pairs learnt from the training split of the text itself, as many ids as chosen.</summary>
    Bpe,

    /// <summary>A <c>tokenizer.json</c> of Hugging Face, such as those of SmolLM2 and Llama 3.</summary>
    File,
}

/// <summary>A tokenizer as options name it.</summary>
/// <param name="Choice">Its kind.</param>
/// <param name="File">Path of the file, for <see cref="TokenizerChoice.File"/>.</param>
/// <param name="Size">Number of token ids, for <see cref="TokenizerChoice.Bpe"/>.</param>
public sealed record TokenizerSpec(TokenizerChoice Choice, string File = "", int Size = 0)
{
    /// <summary>Name in sentences.</summary>
    public string Name => Choice == TokenizerChoice.File ? Path.GetFileName(File) : Choice.ToString().ToLowerInvariant();
}
