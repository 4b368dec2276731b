using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Whether a text is long enough, as far as a form can wait for the answer.</summary>
internal static class TextLength
{
    /// <summary>The problem with a text that is certainly too short; null when it is long enough, or when only opening it can tell.</summary>
    public static SpecProblem? Check(TextSource source, TokenizerChoice choice, int contextLength)
    {
        var tokens = source.Bytes + source.Files.Count - 1 - source.Files.Sum(file => Utf8Text.MarkLength(file.FullName));
        return tokens >= TextSplit.Required(contextLength) ? null : Problem(source, tokens, choice, contextLength);
    }

    public static SpecProblem Problem(TextSource source, long tokens, TokenizerChoice choice, int contextLength) =>
        TextProblems.TooShort("dataset.path", $"\"{source.Path}\" has", tokens, choice, contextLength);
}
