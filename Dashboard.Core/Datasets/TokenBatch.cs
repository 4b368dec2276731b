namespace Crossbench.Datasets;

/// <summary>What a token is, where the generator knows it.</summary>
public enum TokenClass : byte
{
    /// <summary>Nothing is known.</summary>
    Plain,

    /// <summary>Part of the signal.</summary>
    Signal,

    /// <summary>Noise.</summary>
    Noise,

    /// <summary>A needle to be found.</summary>
    Needle,

    /// <summary>A rule or cue.</summary>
    Rule,

    /// <summary>An answer to be predicted.</summary>
    Answer,

    /// <summary>Padding; never scored.</summary>
    Padding,
}

/// <summary>Sequences to train or evaluate on, row by row.</summary>
/// <param name="Inputs">Token ids, B × T.</param>
/// <param name="Targets">The token that follows each input, B × T.</param>
/// <param name="BatchSize">Rows, B.</param>
/// <param name="ContextLength">Tokens in a row, T.</param>
public sealed record TokenBatch(int[] Inputs, int[] Targets, int BatchSize, int ContextLength)
{
    /// <summary>Which targets are scored, B × T; all when absent.</summary>
    public bool[]? Counted { get; init; }

    /// <summary>Class of each target, B × T; absent when the dataset knows none.</summary>
    public TokenClass[]? Classes { get; init; }

    /// <summary>Class of each input, B × T, where inputs are not the targets before them; else that of the target before.</summary>
    public TokenClass[]? InputClasses { get; init; }
}
