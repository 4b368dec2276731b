using System.Text;

namespace Crossbench.Datasets.Tokenizers;

/// <summary>
/// A byte-level byte-pair encoding. Text that spells a special token is encoded like any other unless <see cref="EncodeWithSpecials"/> is asked. With a
/// normaliser, ids decode to the normalised text.
/// </summary>
public class BytePairTokenizer : Tokenizer
{
    private readonly byte[][] _tokens;
    private readonly TextEncoder _ordinary;
    private readonly TextEncoder _withSpecials;
    private readonly Lazy<string> _fingerprint;

    internal BytePairTokenizer(string id, BytePairModel model)
    {
        Id = id;
        EndOfText = model.EndOfText;
        _tokens = model.Tokens;
        var words = model.CreateWordEncoder();
        _ordinary = new TextEncoder([.. model.Added.Where(token => !token.Special)], model.Nfc, model.Scanners, words);
        _withSpecials = new TextEncoder(model.Added, model.Nfc, model.Scanners, words);
        _fingerprint = new Lazy<string>(model.Fingerprint);
    }

    /// <inheritdoc/>
    public sealed override string Id { get; }

    /// <inheritdoc/>
    public sealed override int VocabularySize => _tokens.Length;

    /// <inheritdoc/>
    public sealed override string Fingerprint => _fingerprint.Value;

    /// <inheritdoc/>
    public sealed override int? EndOfText { get; }

    /// <inheritdoc/>
    public sealed override int Encode(ReadOnlySpan<byte> utf8, bool final, ICollection<int> tokens)
    {
        if (tokens is List<int> list)
        {
            return _ordinary.Encode(utf8, final, list);
        }

        list = [];
        var done = _ordinary.Encode(utf8, final, list);
        list.ForEach(tokens.Add);
        return done;
    }

    /// <inheritdoc/>
    public sealed override int[] EncodeWithSpecials(string text)
    {
        var tokens = new List<int>();
        _withSpecials.Encode(Encoding.UTF8.GetBytes(text), true, tokens);
        return [.. tokens];
    }

    /// <inheritdoc/>
    public sealed override byte[] DecodeBytes(ReadOnlySpan<int> tokens)
    {
        var length = 0;
        foreach (var token in tokens)
        {
            CheckId(token);
            length += _tokens[token].Length;
        }

        var bytes = new byte[length];
        var at = 0;
        foreach (var token in tokens)
        {
            _tokens[token].CopyTo(bytes, at);
            at += _tokens[token].Length;
        }

        return bytes;
    }
}
