namespace Crossbench.Datasets.Tokenizers;

/// <summary>A token that a text may spell out, apart from what merging gives.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its spelling.</param>
internal sealed record AddedToken(int Id, string Content)
{
    /// <summary>Whether ordinary text never becomes it.</summary>
    public bool Special { get; init; }

    /// <summary>Whether it takes the white space before it.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Whether it takes the white space after it.</summary>
    public bool StripsRight { get; init; }

    /// <summary>Whether it counts only between characters that are not part of a word.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it is looked for after the text is normalised.</summary>
    public bool Normalized { get; init; }
}
