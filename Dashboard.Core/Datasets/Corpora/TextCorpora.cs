using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Opens texts as rows of tokens.</summary>
internal static class TextCorpora
{
    private const long LongestEncoded = 1 << 20;

    /// <summary>What is wrong with the tokenizer that options name, and with a vocabulary smaller than its.</summary>
    public static IEnumerable<SpecProblem> TokenizerProblems(TokenizerSpec spec, int vocabulary)
    {
        if (TokenizerCatalog.Problem(spec) is { } unusable)
        {
            return [unusable];
        }

        return TextProblems.SmallVocabulary(spec, vocabulary) is { } small ? [small] : [];
    }

    /// <summary>Opens a text for training: tokenizes it where that was not done before, and splits it.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="body">The text.</param>
    /// <param name="options">How it becomes tokens and rows.</param>
    /// <param name="contextLength">Tokens in a row, T.</param>
    /// <exception cref="SpecException">The text cannot be used.</exception>
    public static CorpusStream Open(DataFolder folder, TextBody body, TextualOptions options, int contextLength)
    {
        var text = TokenCache.Open(folder, body, options.TokenizerSpec);
        try
        {
            if (text.File.Count < TextSplit.Required(contextLength))
            {
                throw new SpecException(TooShort(body, text.File.Count, options, contextLength));
            }

            if (TextSplit.Of(text.File).TooShort(contextLength) is { } part)
            {
                throw new SpecException(TextProblems.ShortPart(body.ProblemPath, body.Subject, part.Name, part.Tokens, contextLength));
            }

            var stream = new CorpusStream(text, options.Packing, contextLength, training => UnigramEntropy.OfTraining(folder, text, training));
            return stream.HasRows ? stream : throw new SpecException(TextProblems.NothingScored(body.ProblemPath, body.Subject, text.File.Documents));
        }
        catch
        {
            text.File.Dispose();
            throw;
        }
    }

    /// <summary>The problem with a text that is certainly too short; null when it is long enough, or when only opening it can tell. Quick enough for a form.</summary>
    public static SpecProblem? TooShort(TextBody body, TextualOptions options, int contextLength)
    {
        // No token is shorter than a byte, so fewer bytes than tokens needed are too few; a little more is encoded here to see.
        var needed = TextSplit.Required(contextLength);
        if (body.Bytes > Math.Min(16 * needed, LongestEncoded) || (options.Tokenizer == TokenizerChoice.Bpe && body.Bytes >= needed))
        {
            return null;
        }

        var counted = new CountingSink(options.Tokenizer == TokenizerChoice.Bpe ? ByteTokenizer.Instance : TokenizerCatalog.Open(options.TokenizerSpec));
        try
        {
            body.Read(counted);
        }
        catch (SpecException fault)
        {
            return fault.Problems[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TextProblems.Unreadable(body.Subject, e);
        }

        return counted.Count >= needed ? null : counted.Count == 0 ? TextProblems.NoDocument(body.Subject, counted.Skipped) : TooShort(body, counted.Count, options, contextLength);
    }

    private static SpecProblem TooShort(TextBody body, long tokens, TextualOptions options, int contextLength) =>
        TextProblems.TooShort(body.ProblemPath, body.Subject, tokens, options.TokenizerSpec, contextLength);
}
