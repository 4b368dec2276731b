namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Where a text is cut, so that no token is in two splits: training first, then test, then validation. The last tenth is for validation and the twentieth before
/// it for testing; of a short text more, up to a quarter and an eighth, so that 64 sequences of 128 tokens fit. A cut moves on to the next start of a document,
/// where that is near. Where the source has a part of its own for evaluation, its first half is for testing and its second for validation. Cuts follow from the
/// text alone, never from the length of a row: an evaluation at another context length must not meet what was trained on.
/// </summary>
/// <param name="Training">Tokens to train on, from the start.</param>
/// <param name="Test">Tokens kept for a last look.</param>
/// <param name="Validation">Tokens to evaluate on while training, up to the end.</param>
internal readonly record struct TextSplit(long Training, long Test, long Validation)
{
    /// <summary>64 sequences of 128 tokens, with the token after each.</summary>
    private const long Wanted = 64 * 129;

    /// <summary>A cut moves by at most this share of the split that it begins.</summary>
    private const int Reach = 4;

    /// <summary>Splits shorter than this begin where they begin: they have no token to spare.</summary>
    private const int LeastToMove = 512;

    /// <summary>Fewest tokens that can be split: two sequences of T + 1 tokens for validation, one for testing.</summary>
    public static long Required(int contextLength) => (2 * (contextLength + 1L) <= Wanted ? 8 : 20) * (contextLength + 1L);

    /// <summary>The split of a text.</summary>
    public static TextSplit Of(TokenFile file)
    {
        if (file.HeldOut > 0)
        {
            var half = file.HeldOut + ((file.Count - file.HeldOut) / 2);
            var middle = Cut(file, half, file.Count - half);
            return new TextSplit(file.HeldOut, middle - file.HeldOut, file.Count - middle);
        }

        var validation = Math.Max(file.Count / 10, Math.Min(file.Count / 4, Wanted));
        var test = Math.Max(file.Count / 20, Math.Min(file.Count / 8, Wanted));
        var second = Cut(file, file.Count - validation, validation);
        var first = Cut(file, file.Count - validation - test, test);
        return new TextSplit(first, second - first, file.Count - second);
    }

    /// <summary>The first split that is too short for a row of T + 1 tokens, in words, with its tokens; null when there is none.</summary>
    public (string Name, long Tokens)? TooShort(int contextLength) =>
        Training <= contextLength ? ("training", Training) : Test <= contextLength ? ("test", Test) : Validation <= contextLength ? ("validation", Validation) : null;

    /// <summary>First token of a held-out split.</summary>
    public long Start(HeldOut split) => split == HeldOut.Test ? Training : Training + Test;

    /// <summary>Tokens of a held-out split.</summary>
    public long Length(HeldOut split) => split == HeldOut.Test ? Test : Validation;

    private static long Cut(TokenFile file, long at, long length)
    {
        if (length < LeastToMove)
        {
            return at;
        }

        var start = file.DocumentStart(file.DocumentFrom(at));
        return start - at <= length / Reach ? start : at;
    }
}
