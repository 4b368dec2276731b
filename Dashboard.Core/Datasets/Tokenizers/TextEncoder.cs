namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// The way of a text to its tokens: added tokens are cut out, what is between them is normalised, cut by each scanner in turn, and the words that remain are
/// merged.
/// </summary>
internal sealed class TextEncoder
{
    private readonly AddedTokenFinder _raw;
    private readonly AddedTokenFinder _normalized;
    private readonly bool _nfc;
    private readonly PieceScanner[] _scanners;
    private readonly WordEncoder _words;

    /// <param name="added">The added tokens to look for.</param>
    /// <param name="nfc">Whether text is brought into Unicode's normal form C.</param>
    /// <param name="scanners">What cuts the text, the coarsest first.</param>
    /// <param name="words">What encodes the words.</param>
    public TextEncoder(IReadOnlyCollection<AddedToken> added, bool nfc, PieceScanner[] scanners, WordEncoder words)
    {
        _raw = new AddedTokenFinder(added.Where(token => !token.Normalized));
        _normalized = new AddedTokenFinder(added.Where(token => token.Normalized).Select(token => nfc ? token with { Content = NormalText.Of(token.Content) } : token));
        (_nfc, _scanners, _words) = (nfc, scanners, words);
    }

    /// <summary>As <see cref="Tokenizer.Encode(ReadOnlySpan{byte}, bool, ICollection{int})"/>.</summary>
    public int Encode(ReadOnlySpan<byte> text, bool final, List<int> tokens) =>
        _raw.IsEmpty ? EncodeRaw(text, final, tokens) : Between(_raw, text, final, tokens);

    private int Between(AddedTokenFinder finder, ReadOnlySpan<byte> text, bool final, List<int> tokens)
    {
        var at = 0;
        while (at < text.Length)
        {
            var found = finder.Find(text, at, final);
            var closed = found.Token is not null || final;
            var piece = text[at..found.Start];
            at += finder == _raw ? EncodeRaw(piece, closed, tokens) : EncodePieces(0, piece, closed, tokens);
            if (at < found.Start || found.Token is null)
            {
                break;
            }

            tokens.Add(found.Token.Id);
            at = found.End;
        }

        return at;
    }

    private int EncodeRaw(ReadOnlySpan<byte> text, bool final, List<int> tokens)
    {
        if (!_nfc)
        {
            return EncodeNormal(text, final, tokens);
        }

        text = text[..(final ? text.Length : NormalText.SettledLength(text))];
        return NormalText.Of(text) is { } normal ? EncodeChanged(normal, text.Length, final, tokens) : EncodeNormal(text, final, tokens);
    }

    /// <summary>Encodes text that normalising has changed. What is left over must start where normalised and original text meet.</summary>
    private int EncodeChanged(NormalText normal, int length, bool final, List<int> tokens)
    {
        if (final)
        {
            EncodeNormal(normal.Bytes, true, tokens);
            return length;
        }

        var (before, end) = (tokens.Count, normal.Bytes.Length);
        while (true)
        {
            var done = EncodeNormal(normal.Bytes.AsSpan(0, end), false, tokens);
            if (normal.TryFindOriginal(done, out var original, out var earlier))
            {
                return original;
            }

            tokens.RemoveRange(before, tokens.Count - before);
            end = earlier;
        }
    }

    private int EncodeNormal(ReadOnlySpan<byte> text, bool final, List<int> tokens) =>
        _normalized.IsEmpty ? EncodePieces(0, text, final, tokens) : Between(_normalized, text, final, tokens);

    private int EncodePieces(int level, ReadOnlySpan<byte> text, bool final, List<int> tokens)
    {
        if (level == _scanners.Length)
        {
            if (!final || text.IsEmpty)
            {
                return 0;
            }

            _words.Encode(text, tokens);
            return text.Length;
        }

        var scanner = _scanners[level];
        var at = 0;
        while (at < text.Length)
        {
            var piece = scanner.Next(text[at..], final);
            var done = EncodePieces(level + 1, text.Slice(at, piece.End), piece.Closed, tokens);
            at += done;
            if (done < piece.End || !piece.Closed)
            {
                break;
            }
        }

        return at;
    }
}
