namespace Crossbench.Datasets.Tokenizers;

/// <summary>How text becomes tokens.</summary>
public enum TokenizerChoice
{
    /// <summary>Each byte of UTF-8 is a token: 256 ids.</summary>
    Bytes,
}

/// <summary>The tokenizers behind the choices.</summary>
public static class TokenizerCatalog
{
    /// <summary>Number of token ids, known without loading the tokenizer.</summary>
    public static int VocabularySize(TokenizerChoice choice) => ByteTokenizer.Instance.VocabularySize;

    /// <summary>The tokenizer.</summary>
    public static Tokenizer Open(TokenizerChoice choice) => ByteTokenizer.Instance;
}
