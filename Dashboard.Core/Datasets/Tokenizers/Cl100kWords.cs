namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Cuts text as the patterns of Llama 3 and Qwen2 do, which differ in how many digits stand together:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>. As Unicode folds case, the long
/// s (U+017F) counts as an s in a contraction.
/// </summary>
/// <param name="digits">Numbers that stand together at the most.</param>
internal sealed class Cl100kWords(int digits) : PieceScanner
{
    public override string Name => $"cl100k-{digits}";

    public override Piece Next(ReadOnlySpan<byte> text, bool final)
    {
        if (text[0] == '\'' && Contraction(text, final) is { } contraction)
        {
            return contraction;
        }

        var kind = CharacterKinds.At(text, 0, final, out var length);
        return kind switch
        {
            CharacterKind.Incomplete => Piece.Unsettled,
            CharacterKind.Letter => Letters(text, 0, final),
            CharacterKind.Number => Numbers(text, final),
            _ => AfterOther(text, kind, length, final),
        };
    }

    /// <summary>What starts with white space or a symbol: that may lead a run of letters, and a blank may lead a run of symbols.</summary>
    private static Piece AfterOther(ReadOnlySpan<byte> text, CharacterKind kind, int length, bool final)
    {
        if (length == text.Length && !final)
        {
            return Piece.Unsettled;
        }

        var second = length == text.Length ? CharacterKind.Space : CharacterKinds.At(text, length, final, out _);
        if (second is CharacterKind.Incomplete)
        {
            return Piece.Unsettled;
        }

        if (second is CharacterKind.Letter && text[0] is not ((byte)'\r' or (byte)'\n'))
        {
            return Letters(text, length, final);
        }

        return kind is CharacterKind.Symbol ? Symbols(text, 0, final) : text[0] == ' ' && second is CharacterKind.Symbol ? Symbols(text, 1, final) : Spaces(text, final);
    }

    private static Piece Letters(ReadOnlySpan<byte> text, int at, bool final)
    {
        var end = CharacterKinds.RunEnd(text, at, CharacterKind.Letter, final, out var known);
        return known ? Piece.Whole(end) : Piece.Unsettled;
    }

    private Piece Numbers(ReadOnlySpan<byte> text, bool final)
    {
        var at = 0;
        for (var count = 0; count < digits; count++)
        {
            if (at == text.Length)
            {
                return final ? Piece.Whole(at) : Piece.Unsettled;
            }

            var kind = CharacterKinds.At(text, at, final, out var length);
            if (kind is not CharacterKind.Number)
            {
                return kind is CharacterKind.Incomplete ? Piece.Unsettled : Piece.Whole(at);
            }

            at += length;
        }

        return Piece.Whole(at);
    }

    /// <summary>Symbols and the line ends right after them.</summary>
    private static Piece Symbols(ReadOnlySpan<byte> text, int at, bool final)
    {
        var end = CharacterKinds.RunEnd(text, at, CharacterKind.Symbol, final, out var known);
        if (!known)
        {
            return Piece.Unsettled;
        }

        while (end < text.Length && text[end] is (byte)'\r' or (byte)'\n')
        {
            end++;
        }

        return end < text.Length || final ? Piece.Whole(end) : Piece.Unsettled;
    }

    /// <summary>White space up to its last line end; without one, as GPT-2 has it.</summary>
    private static Piece Spaces(ReadOnlySpan<byte> text, bool final)
    {
        var end = CharacterKinds.RunEnd(text, 0, CharacterKind.Space, final, out var known);
        if (!known)
        {
            return Piece.Unsettled;
        }

        var line = text[..end].LastIndexOfAny((byte)'\r', (byte)'\n');
        return line >= 0 ? Piece.Whole(line + 1) : Gpt2Words.Spaces(text, final);
    }

    /// <summary>'s, 't, 're, 've, 'm, 'll or 'd in any case; null when there is none.</summary>
    private static Piece? Contraction(ReadOnlySpan<byte> text, bool final)
    {
        if (text.Length == 1)
        {
            return final ? null : Piece.Unsettled;
        }

        var letter = text[1] | 0x20;
        if (text[1] < 128 && letter is 's' or 't' or 'm' or 'd')
        {
            return Piece.Whole(2);
        }

        var longS = text[1] == 0xC5;
        if (!longS && (text[1] >= 128 || letter is not ('r' or 'v' or 'l')))
        {
            return null;
        }

        if (text.Length == 2)
        {
            return final ? null : Piece.Unsettled;
        }

        var second = longS ? text[2] == 0xBF : (text[2] | 0x20) == (letter == 'l' ? 'l' : 'e') && text[2] < 128;
        return second ? Piece.Whole(3) : null;
    }
}
