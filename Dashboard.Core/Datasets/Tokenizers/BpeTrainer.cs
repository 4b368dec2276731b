using System.Globalization;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// Learns a byte-pair encoding from text: starting from single bytes, the pair of neighbouring tokens that occurs most often within GPT-2's words becomes a
/// token, again and again. Of pairs that occur equally often, the one with the smaller ids joins (the left id counts first); ids are 0 to 255 for the bytes, then
/// tokens in the order in which they were made, and last the end of text. Pairs that occur once never join. So the result depends on the text alone.
/// <para>
/// Memory is bounded: words of more than <see cref="LongestWord"/> bytes count in parts, and when more than 2 million words (or 32 MiB of them) are known,
/// the rarest are forgotten.
/// </para>
/// </summary>
public sealed class BpeTrainer
{
    /// <summary>The smallest vocabulary: the bytes and the end of text.</summary>
    public const int SmallestVocabulary = 257;

    /// <summary>The largest vocabulary.</summary>
    public const int LargestVocabulary = 1 << 16;

    /// <summary>Bytes of a word that count together at the most.</summary>
    public const int LongestWord = 1024;

    /// <summary>Enough to tell whether a word is longer than it may be.</summary>
    private const int Window = 2 * LongestWord;

    private readonly BpeWordCounts _words = new();
    private byte[] _text = new byte[1 << 16];
    private int _length;

    /// <summary>Takes a block of a document. Blocks may end anywhere, within a character too.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        if (_length + utf8.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + utf8.Length));
        }

        utf8.CopyTo(_text.AsSpan(_length));
        _length += utf8.Length;
        Count(final: false);
    }

    /// <summary>Ends a document: what comes next is the start of another.</summary>
    public void EndDocument() => Count(final: true);

    /// <summary>Learns from all documents so far; ends the last.</summary>
    /// <param name="vocabulary">Number of tokens, from <see cref="SmallestVocabulary"/> to <see cref="LargestVocabulary"/>.</param>
    /// <param name="progress">Is told the share of the tokens that is made.</param>
    /// <param name="cancellation">Ends the training.</param>
    /// <exception cref="SpecException">The text gives fewer tokens.</exception>
    public TrainedBpe Train(int vocabulary, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, SmallestVocabulary);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vocabulary, LargestVocabulary);
        EndDocument();
        var pairs = new BpePairs(_words.Words);
        while (pairs.Tokens.Count + 1 < vocabulary)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!pairs.TryJoin())
            {
                throw TooFew(vocabulary, pairs.Tokens.Count + 1);
            }

            if (pairs.Merges.Count % 64 == 0)
            {
                progress?.Report((pairs.Tokens.Count + 1 - SmallestVocabulary) / (double)(vocabulary - SmallestVocabulary));
            }
        }

        progress?.Report(1);
        return new TrainedBpe(pairs.Tokens, pairs.Merges);
    }

    private void Count(bool final)
    {
        var text = _text.AsSpan(0, _length);
        while (text.Length > 0)
        {
            var window = text[..Math.Min(text.Length, Window)];
            var piece = Gpt2Words.Instance.Next(window, final && window.Length == text.Length);
            if (!piece.Closed && window.Length < Window)
            {
                break;
            }

            var end = piece.Closed && piece.End <= LongestWord ? piece.End : LongestPart(text);
            _words.Add(text[..end]);
            text = text[end..];
        }

        text.CopyTo(_text);
        _length = text.Length;
    }

    /// <summary>Where the last character ends that lies within the longest word.</summary>
    private static int LongestPart(ReadOnlySpan<byte> text)
    {
        for (var end = LongestWord; end > LongestWord - 4; end--)
        {
            if ((text[end] & 0xC0) != 0x80)
            {
                return end;
            }
        }

        return LongestWord;
    }

    private static SpecException TooFew(int wanted, int given) => new(new SpecProblem(
        "dataset.tokenizerSize",
        string.Create(CultureInfo.InvariantCulture, $"The text gives {given:N0} tokens at the most, fewer than the {wanted:N0} wanted: after that, no pair of neighbours in a word occurs twice."),
        string.Create(CultureInfo.InvariantCulture, $"Use {given:N0} or fewer, or more text."))
    {
        Fixes = [new SpecFix("dataset.tokenizerSize", given.ToString(CultureInfo.InvariantCulture))],
    });
}
