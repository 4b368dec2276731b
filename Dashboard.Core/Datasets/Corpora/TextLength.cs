using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Whether a text is long enough, as far as a form can wait for the answer.</summary>
internal static class TextLength
{
    public static SpecProblem? Check(TextSource source, TokenizerChoice choice, int contextLength)
    {
        var tokens = source.Bytes + source.Files.Count - 1 - source.Files.Sum(file => Utf8Text.MarkLength(file.FullName));
        return tokens >= TextSplit.Required(contextLength) ? null
            : TextProblems.TooShort("dataset.path", $"\"{source.Path}\"", tokens, "bytes", contextLength);
    }
}
