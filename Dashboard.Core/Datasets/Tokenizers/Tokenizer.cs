using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>Text to token ids and back, byte for byte. Safe to use from several threads.</summary>
public abstract class Tokenizer
{
    /// <summary>Stable name: <c>bytes</c>, <c>gpt2</c>.</summary>
    public abstract string Id { get; }

    /// <summary>Number of token ids.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>
    /// 32 hexadecimal digits that are another as soon as any text could be encoded or any id decoded differently. Where the tokenizer was read from does not
    /// matter.
    /// </summary>
    public abstract string Fingerprint { get; }

    /// <summary>The token that ends a document, which no text encodes to; absent when the tokenizer has none.</summary>
    public virtual int? EndOfText => null;

    /// <summary>What stands between two documents: the end of text, or a line feed where the tokenizer has none.</summary>
    public IReadOnlyList<int> Separator => EndOfText is { } end ? [end] : Encode("\n");

    /// <summary>
    /// Encodes as much of UTF-8 text as is settled, which is all of it when <paramref name="final"/>. What is left must come first in the next call; then the
    /// ids are those of the whole text, however it is cut.
    /// </summary>
    /// <param name="utf8">Text. Bytes that are not UTF-8 are encoded too, and decode to the same bytes.</param>
    /// <param name="final">Whether the text ends here.</param>
    /// <param name="tokens">Takes the ids.</param>
    /// <returns>Number of bytes encoded.</returns>
    public abstract int Encode(ReadOnlySpan<byte> utf8, bool final, ICollection<int> tokens);

    /// <summary>The bytes that ids stand for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public abstract byte[] DecodeBytes(ReadOnlySpan<int> tokens);

    /// <summary>The ids of a text. Special tokens are never among them.</summary>
    public int[] Encode(string text)
    {
        var tokens = new List<int>();
        Encode(Encoding.UTF8.GetBytes(text), true, tokens);
        return [.. tokens];
    }

    /// <summary>The ids of a text in which special tokens may be spelled out, as chat templates do: they become their ids.</summary>
    public virtual int[] EncodeWithSpecials(string text) => Encode(text);

    /// <summary>The text that ids stand for; bytes that are no UTF-8 (a character cut by the end of a row) become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> tokens) => Encoding.UTF8.GetString(DecodeBytes(tokens));

    /// <summary>
    /// What each token stands for by itself: its text; its bytes as <c>\xE2\x82</c> where they are but a part of a character; its number where the id is
    /// outside the vocabulary, which a model with a larger one may have.
    /// </summary>
    public IReadOnlyList<string> TextsOf(IReadOnlyList<int> tokens) => [.. tokens.Select(TextOf)];

    private string TextOf(int token)
    {
        if ((uint)token >= (uint)VocabularySize)
        {
            return token.ToString(CultureInfo.InvariantCulture);
        }

        var bytes = DecodeBytes([token]);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : string.Concat(bytes.Select(b => $"\\x{b:X2}"));
    }

    /// <summary>Refuses an id outside the vocabulary.</summary>
    protected void CheckId(int token)
    {
        if ((uint)token >= (uint)VocabularySize)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"{Id} has the token ids 0 to {VocabularySize - 1}.");
        }
    }
}
