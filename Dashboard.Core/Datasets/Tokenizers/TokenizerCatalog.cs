namespace Crossbench.Datasets.Tokenizers;

/// <summary>The tokenizers behind the choices.</summary>
public static class TokenizerCatalog
{
    /// <summary>Number of token ids. Reads nothing but a tokenizer's file, once; of a file that cannot be used it says 256.</summary>
    public static int VocabularySize(TokenizerSpec spec) => spec.Choice switch
    {
        TokenizerChoice.Bytes => ByteTokenizer.Instance.VocabularySize,
        TokenizerChoice.Gpt2 => Gpt2Tokenizer.Vocabulary,
        TokenizerChoice.Bpe => spec.Size,
        _ => Problem(spec) is null ? Open(spec).VocabularySize : ByteTokenizer.Instance.VocabularySize,
    };

    /// <summary>The tokenizer; one that is learnt from a text is not here, but with the text.</summary>
    /// <exception cref="SpecException">A file that it needs is missing or damaged.</exception>
    public static Tokenizer Open(TokenizerSpec spec) => spec.Choice switch
    {
        TokenizerChoice.Bytes => ByteTokenizer.Instance,
        TokenizerChoice.Gpt2 => Gpt2Tokenizer.Shared,
        TokenizerChoice.File => TokenizerFiles.Get(spec.File),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Choice, "This tokenizer is learnt from a text."),
    };

    /// <summary>What keeps the tokenizer from being opened; null when nothing does.</summary>
    public static SpecProblem? Problem(TokenizerSpec spec)
    {
        if (spec.Choice != TokenizerChoice.File && spec.File.Length > 0)
        {
            return new SpecProblem(TokenizerFileFault.Option, $"\"{spec.File}\" is not used with the tokenizer {spec.Name}.", "Set the tokenizer to file, or leave this empty.") { Fixes = [new SpecFix("dataset.tokenizer", "file"), new SpecFix(TokenizerFileFault.Option, "")] };
        }

        try
        {
            _ = spec.Choice == TokenizerChoice.Bpe ? ByteTokenizer.Instance : Open(spec);
            return null;
        }
        catch (SpecException fault)
        {
            return fault.Problems[0];
        }
    }
}
