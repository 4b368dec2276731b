namespace Crossbench.Datasets.Tokenizers;

/// <summary>The piece at the start of a text, as far as it is known.</summary>
/// <param name="End">Where the known part ends.</param>
/// <param name="Closed">Whether the piece ends there; otherwise it may go on.</param>
internal readonly record struct Piece(int End, bool Closed)
{
    /// <summary>Nothing can be told before more text comes.</summary>
    public static Piece Unsettled => new(0, false);

    /// <summary>A piece of known length.</summary>
    public static Piece Whole(int end) => new(end, true);
}

/// <summary>
/// Cuts text into pieces, from its start to its end. It works on UTF-8 and code points (a regular expression of .NET would see the halves of surrogate pairs);
/// bytes that are no UTF-8 count as symbols. Where a piece is not closed, the scan may be taken up again at any place inside its known part.
/// </summary>
internal abstract class PieceScanner
{
    /// <summary>Tells this way of cutting from all others.</summary>
    public abstract string Name { get; }

    /// <summary>The first piece of a text that is not empty. When <paramref name="final"/>, it is closed and not empty.</summary>
    public abstract Piece Next(ReadOnlySpan<byte> text, bool final);
}
