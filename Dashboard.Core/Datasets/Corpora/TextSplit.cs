namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Where a text is cut, so that no token is in two splits: training first, then test, then validation. The last tenth is for validation and the twentieth before
/// it for testing; of a short text more, up to a quarter and an eighth, so that 64 sequences fit. A cut moves on to the next start of a document, where that is
/// near. Where the source has a part of its own for evaluation, its first half is for testing and its second for validation.
/// </summary>
/// <param name="Training">Tokens to train on, from the start.</param>
/// <param name="Test">Tokens kept for a last look.</param>
/// <param name="Validation">Tokens to evaluate on while training, up to the end.</param>
internal readonly record struct TextSplit(long Training, long Test, long Validation)
{
    private const int Sequences = 64;

    /// <summary>A cut moves by at most this share of the split that it begins.</summary>
    private const int Reach = 4;

    /// <summary>Fewest tokens that can be split: two sequences of T + 1 tokens for validation, one for testing.</summary>
    public static long Required(int contextLength) => 8 * (contextLength + 1L);

    /// <summary>The split of a text.</summary>
    public static TextSplit Of(TokenFile file, int contextLength)
    {
        if (file.HeldOut > 0)
        {
            var half = file.HeldOut + ((file.Count - file.HeldOut) / 2);
            var middle = Cut(file, half, file.Count - half - contextLength - 1L);
            return new TextSplit(file.HeldOut, middle - file.HeldOut, file.Count - middle);
        }

        var (wanted, row) = (Sequences * (contextLength + 1L), contextLength + 1L);
        var validation = Math.Max(file.Count / 10, Math.Min(file.Count / 4, wanted));
        var test = Math.Max(file.Count / 20, Math.Min(file.Count / 8, wanted));
        var second = Cut(file, file.Count - validation, validation - row);
        var first = Cut(file, file.Count - validation - test, test - row);
        return new TextSplit(first, second - first, file.Count - second);
    }

    /// <summary>Whether a text can be split for such rows, its own part for evaluation too.</summary>
    public static bool IsLongEnough(TokenFile file, int contextLength) => file.Count >= Required(contextLength)
        && (file.HeldOut == 0 || (file.HeldOut > contextLength && file.Count - file.HeldOut >= 4 * (contextLength + 1L)));

    /// <summary>First token of a held-out split.</summary>
    public long Start(HeldOut split) => split == HeldOut.Test ? Training : Training + Test;

    /// <summary>Tokens of a held-out split.</summary>
    public long Length(HeldOut split) => split == HeldOut.Test ? Test : Validation;

    private static long Cut(TokenFile file, long at, long room)
    {
        var start = file.DocumentStart(file.DocumentFrom(at));
        return start - at <= room / Reach ? start : at;
    }
}
