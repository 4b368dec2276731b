namespace Crossbench.Datasets.Tokenizers;

/// <summary>How text becomes tokens.</summary>
public enum TokenizerChoice
{
    /// <summary>Each byte of UTF-8 is a token: 256 ids.</summary>
    Bytes,

    /// <summary>The byte pairs of GPT-2: 50,257 ids.</summary>
    Gpt2,
}

/// <summary>The tokenizers behind the choices.</summary>
public static class TokenizerCatalog
{
    /// <summary>Number of token ids, known without loading the tokenizer.</summary>
    public static int VocabularySize(TokenizerChoice choice) => choice switch
    {
        TokenizerChoice.Bytes => ByteTokenizer.Instance.VocabularySize,
        TokenizerChoice.Gpt2 => Gpt2Tokenizer.Vocabulary,
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is no such tokenizer."),
    };

    /// <summary>The tokenizer.</summary>
    /// <exception cref="SpecException">A file that it needs is missing or damaged.</exception>
    public static Tokenizer Open(TokenizerChoice choice) => choice switch
    {
        TokenizerChoice.Bytes => ByteTokenizer.Instance,
        TokenizerChoice.Gpt2 => Gpt2Tokenizer.Shared,
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is no such tokenizer."),
    };

    /// <summary>What keeps the tokenizer from being opened; null when nothing does.</summary>
    public static SpecProblem? Problem(TokenizerChoice choice)
    {
        try
        {
            Open(choice);
            return null;
        }
        catch (SpecException fault)
        {
            return fault.Problems[0];
        }
    }
}
