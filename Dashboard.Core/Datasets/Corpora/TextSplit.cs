namespace Crossbench.Datasets.Corpora;

/// <summary>
/// Where a text is cut: training before, evaluation after, so that no token is in both. The last tenth is held out; of a short text more, up to a quarter, so
/// that 64 sequences fit.
/// </summary>
/// <param name="Training">Tokens to train on, from the start.</param>
/// <param name="HeldOut">Tokens to evaluate on, up to the end.</param>
internal readonly record struct TextSplit(long Training, long HeldOut)
{
    private const int Sequences = 64;

    /// <summary>Fewest tokens that can be split: two sequences of T + 1 tokens in the held-out quarter.</summary>
    public static long Required(int contextLength) => 8 * (contextLength + 1L);

    public static TextSplit Of(long tokens, int contextLength)
    {
        var heldOut = Math.Max(tokens / 10, Math.Min(tokens / 4, Sequences * (contextLength + 1L)));
        return new TextSplit(tokens - heldOut, heldOut);
    }
}
