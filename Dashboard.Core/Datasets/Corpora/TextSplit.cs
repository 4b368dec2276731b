namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Where a text is cut, so that no token is in two splits: training first, then test, then validation. The last tenth is for validation and the twentieth before
/// it for testing; of a short text more, up to a quarter and an eighth, so that 64 sequences fit.
/// </summary>
/// <param name="Training">Tokens to train on, from the start.</param>
/// <param name="Test">Tokens kept for a last look.</param>
/// <param name="Validation">Tokens to evaluate on while training, up to the end.</param>
internal readonly record struct TextSplit(long Training, long Test, long Validation)
{
    private const int Sequences = 64;

    /// <summary>Fewest tokens that can be split: two sequences of T + 1 tokens for validation, one for testing.</summary>
    public static long Required(int contextLength) => 8 * (contextLength + 1L);

    public static TextSplit Of(long tokens, int contextLength)
    {
        var wanted = Sequences * (contextLength + 1L);
        var validation = Math.Max(tokens / 10, Math.Min(tokens / 4, wanted));
        var test = Math.Max(tokens / 20, Math.Min(tokens / 8, wanted));
        return new TextSplit(tokens - validation - test, test, validation);
    }

    /// <summary>First token of a held-out split.</summary>
    public long Start(HeldOut split) => split == HeldOut.Test ? Training : Training + Test;

    /// <summary>Tokens of a held-out split.</summary>
    public long Length(HeldOut split) => split == HeldOut.Test ? Test : Validation;
}
