namespace Crossbench.Datasets.Tokenizers;

/// <summary>Cuts text as GPT-2's pattern does: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
internal sealed class Gpt2Words : PieceScanner
{
    /// <summary>The scanner; it has no state.</summary>
    public static Gpt2Words Instance { get; } = new();

    public override string Name => "gpt2";

    public override Piece Next(ReadOnlySpan<byte> text, bool final)
    {
        if (text[0] == '\'' && Contraction(text, final) is { } contraction)
        {
            return contraction;
        }

        var first = text[0] == ' ' ? 1 : 0;
        if (first == text.Length)
        {
            return final ? Piece.Whole(first) : Piece.Unsettled;
        }

        var kind = CharacterKinds.At(text, first, final, out _);
        if (kind is CharacterKind.Incomplete)
        {
            return Piece.Unsettled;
        }

        if (kind is CharacterKind.Space)
        {
            return Spaces(text, final);
        }

        var end = CharacterKinds.RunEnd(text, first, kind, final, out var known);
        return known ? Piece.Whole(end) : Piece.Unsettled;
    }

    /// <summary>White space up to the last character before something else, which belongs to what follows; a single one stands alone.</summary>
    public static Piece Spaces(ReadOnlySpan<byte> text, bool final)
    {
        var end = CharacterKinds.RunEnd(text, 0, CharacterKind.Space, final, out var known);
        if (!known)
        {
            return Piece.Unsettled;
        }

        var last = end - 1;
        while ((text[last] & 0xC0) == 0x80)
        {
            last--;
        }

        return Piece.Whole(end == text.Length || last == 0 ? end : last);
    }

    /// <summary>'s, 't, 're, 've, 'm, 'll or 'd; null when there is none.</summary>
    private static Piece? Contraction(ReadOnlySpan<byte> text, bool final)
    {
        if (text.Length == 1)
        {
            return final ? null : Piece.Unsettled;
        }

        var letter = text[1];
        if (letter is (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d')
        {
            return Piece.Whole(2);
        }

        if (letter is not ((byte)'r' or (byte)'v' or (byte)'l'))
        {
            return null;
        }

        if (text.Length == 2)
        {
            return final ? null : Piece.Unsettled;
        }

        return text[2] == (letter == 'l' ? 'l' : 'e') ? Piece.Whole(3) : null;
    }
}
