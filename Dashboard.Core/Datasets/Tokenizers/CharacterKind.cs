using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>What the patterns of tokenizers tell characters apart by.</summary>
internal enum CharacterKind : byte
{
    /// <summary>The character goes on beyond the text.</summary>
    Incomplete,

    /// <summary><c>\p{L}</c></summary>
    Letter,

    /// <summary><c>\p{N}</c></summary>
    Number,

    /// <summary><c>\s</c>: what Unicode calls white space.</summary>
    Space,

    /// <summary>Everything else, and bytes that are no UTF-8.</summary>
    Symbol,
}

/// <summary>The kinds of characters in UTF-8 text.</summary>
internal static class CharacterKinds
{
    private static readonly CharacterKind[] Plane = [.. Enumerable.Range(0, 0x10000).Select(code => Rune.IsValid(code) ? Of(new Rune(code)) : CharacterKind.Symbol)];

    /// <summary>The kind of the character at a place inside the text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="at">Where the character starts.</param>
    /// <param name="final">Whether the text ends with the span: if not, a character may be <see cref="CharacterKind.Incomplete"/>.</param>
    /// <param name="length">Bytes of the character.</param>
    public static CharacterKind At(ReadOnlySpan<byte> text, int at, bool final, out int length)
    {
        if (text[at] < 128)
        {
            length = 1;
            return Plane[text[at]];
        }

        return Rune.DecodeFromUtf8(text[at..], out var rune, out length) switch
        {
            OperationStatus.Done => rune.IsBmp ? Plane[rune.Value] : Of(rune),
            OperationStatus.NeedMoreData when !final => CharacterKind.Incomplete,
            _ => CharacterKind.Symbol,
        };
    }

    /// <summary>The end of a run of characters of one kind, which may be empty.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="at">Where the run starts.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="final">Whether the text ends with the span.</param>
    /// <param name="known">Whether the run ends there, whatever comes after the span.</param>
    public static int RunEnd(ReadOnlySpan<byte> text, int at, CharacterKind kind, bool final, out bool known)
    {
        var plane = Plane;
        while (at < text.Length)
        {
            var first = text[at];
            var length = 1;
            var next = first < 128 ? plane[first] : At(text, at, final, out length);
            if (next != kind)
            {
                known = next != CharacterKind.Incomplete;
                return at;
            }

            at += length;
        }

        known = final;
        return at;
    }

    /// <summary>The kind of a character.</summary>
    public static CharacterKind Of(Rune rune) => Rune.IsWhiteSpace(rune) ? CharacterKind.Space : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter => CharacterKind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
        _ => CharacterKind.Symbol,
    };
}
