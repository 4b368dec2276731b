namespace Crossbench.Datasets.Tokenizers;

/// <summary>Parts numbers from the rest: each digit alone, or runs of them.</summary>
/// <param name="individual">Whether each digit stands alone.</param>
internal sealed class DigitPieces(bool individual) : PieceScanner
{
    public override string Name => individual ? "digits-individual" : "digits";

    public override Piece Next(ReadOnlySpan<byte> text, bool final)
    {
        var kind = CharacterKinds.At(text, 0, final, out var length);
        if (kind is CharacterKind.Number)
        {
            return individual ? Piece.Whole(length) : Numbers(text, final);
        }

        var at = 0;
        while (kind is not (CharacterKind.Number or CharacterKind.Incomplete))
        {
            at += length;
            if (at == text.Length)
            {
                return new Piece(at, final);
            }

            kind = CharacterKinds.At(text, at, final, out length);
        }

        return new Piece(at, kind is CharacterKind.Number);
    }

    private static Piece Numbers(ReadOnlySpan<byte> text, bool final)
    {
        var end = CharacterKinds.RunEnd(text, 0, CharacterKind.Number, final, out var known);
        return new Piece(end, known);
    }
}
