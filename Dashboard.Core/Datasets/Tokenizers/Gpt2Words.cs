using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Cuts text into the pieces within which GPT-2 merges bytes, as its pattern does:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. It works on UTF-8 and code points (a regular expression of .NET would see
/// the halves of surrogate pairs); bytes that are no UTF-8 count as symbols.
/// </summary>
internal static class Gpt2Words
{
    /// <summary>Where a piece cannot be told from text that has not come yet.</summary>
    public const int Unsettled = -1;

    private static readonly Kind[] Ascii = [.. Enumerable.Range(0, 128).Select(code => KindOf(new Rune(code)))];

    private enum Kind : byte
    {
        /// <summary>The character goes on beyond the text.</summary>
        Incomplete,
        Letter,
        Number,
        Space,
        Symbol,
    }

    /// <summary>The end of the piece that starts at <paramref name="start"/>, or <see cref="Unsettled"/>.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="start">Start of the piece, inside the text.</param>
    /// <param name="final">Whether the text ends here.</param>
    public static int End(ReadOnlySpan<byte> text, int start, bool final)
    {
        if (text[start] == '\'')
        {
            var contraction = ContractionEnd(text, start, final);
            if (contraction != 0)
            {
                return contraction;
            }
        }

        var first = text[start] == ' ' ? start + 1 : start;
        if (first == text.Length)
        {
            return final ? first : Unsettled;
        }

        var kind = KindAt(text, first, final, out _);
        return kind switch
        {
            Kind.Incomplete => Unsettled,
            Kind.Space => SpacesEnd(text, start, final),
            _ => RunEnd(text, first, kind, final),
        };
    }

    /// <summary>The end of 's, 't, 're, 've, 'm, 'll or 'd; 0 when there is none.</summary>
    private static int ContractionEnd(ReadOnlySpan<byte> text, int start, bool final)
    {
        var rest = text[(start + 1)..];
        if (rest.Length == 0)
        {
            return final ? 0 : Unsettled;
        }

        if (rest[0] is (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d')
        {
            return start + 2;
        }

        if (rest[0] is not ((byte)'r' or (byte)'v' or (byte)'l'))
        {
            return 0;
        }

        if (rest.Length == 1)
        {
            return final ? 0 : Unsettled;
        }

        return rest[1] == (rest[0] == 'l' ? 'l' : 'e') ? start + 3 : 0;
    }

    private static int RunEnd(ReadOnlySpan<byte> text, int at, Kind kind, bool final)
    {
        while (at < text.Length)
        {
            var next = KindAt(text, at, final, out var length);
            if (next != kind)
            {
                return next == Kind.Incomplete ? Unsettled : at;
            }

            at += length;
        }

        return final ? at : Unsettled;
    }

    /// <summary>White space up to the last character before something else, which belongs to what follows; a single one stands alone.</summary>
    private static int SpacesEnd(ReadOnlySpan<byte> text, int start, bool final)
    {
        var (at, last) = (start, start);
        while (at < text.Length)
        {
            var next = KindAt(text, at, final, out var length);
            if (next != Kind.Space)
            {
                return next == Kind.Incomplete ? Unsettled : last > start ? last : at;
            }

            last = at;
            at += length;
        }

        return final ? at : Unsettled;
    }

    private static Kind KindAt(ReadOnlySpan<byte> text, int at, bool final, out int length)
    {
        if (text[at] < 128)
        {
            length = 1;
            return Ascii[text[at]];
        }

        return Rune.DecodeFromUtf8(text[at..], out var rune, out length) switch
        {
            OperationStatus.Done => KindOf(rune),
            OperationStatus.NeedMoreData when !final => Kind.Incomplete,
            _ => Kind.Symbol,
        };
    }

    private static Kind KindOf(Rune rune) => Rune.IsWhiteSpace(rune) ? Kind.Space : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Kind.Symbol,
    };
}
