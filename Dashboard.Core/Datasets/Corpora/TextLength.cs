using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Whether a text is long enough, as far as a form can wait for the answer.</summary>
internal static class TextLength
{
    private const long LongestEncoded = 1 << 20;

    /// <summary>The problem with a text that is certainly too short; null when it is long enough, or when only opening it can tell.</summary>
    public static SpecProblem? Check(TextSource source, TokenizerChoice choice, int contextLength)
    {
        try
        {
            return Measure(source, choice, contextLength);
        }
        catch (SpecException fault)
        {
            return fault.Problems[0];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TextProblems.Unreadable(source.Path, e);
        }
    }

    public static SpecProblem Problem(TextSource source, long tokens, TokenizerChoice choice, int contextLength) =>
        TextProblems.TooShort("dataset.path", $"\"{source.Path}\" has", tokens, choice, contextLength);

    private static SpecProblem? Measure(TextSource source, TokenizerChoice choice, int contextLength)
    {
        // No token is shorter than a byte, so fewer bytes than tokens needed are too few; a little more is encoded here to see.
        var needed = TextSplit.Required(contextLength);
        var bytes = source.Bytes + source.Files.Count - 1 - source.Files.Sum(file => Utf8Text.MarkLength(file.FullName));
        if (bytes >= needed && (choice == TokenizerChoice.Bytes || bytes > Math.Min(16 * needed, LongestEncoded)))
        {
            return null;
        }

        var tokens = choice == TokenizerChoice.Bytes ? bytes : DocumentTokens.Count(source, TokenizerCatalog.Open(choice));
        return tokens >= needed ? null : Problem(source, tokens, choice, contextLength);
    }
}
