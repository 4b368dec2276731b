namespace Crossbench.Datasets.Tokenizers;

/// <summary>Each byte of UTF-8 is a token: 256 ids.</summary>
public sealed class ByteTokenizer : Tokenizer
{
    /// <summary>The tokenizer; it has no state.</summary>
    public static ByteTokenizer Instance { get; } = new();

    /// <inheritdoc/>
    public override string Id => "bytes";

    /// <inheritdoc/>
    public override int VocabularySize => 256;

    /// <inheritdoc/>
    public override string Fingerprint { get; } = TokenizerFingerprint.Of(hash => hash.Add("bytes"));

    /// <inheritdoc/>
    public override int Encode(ReadOnlySpan<byte> utf8, bool final, ICollection<int> tokens)
    {
        foreach (var b in utf8)
        {
            tokens.Add(b);
        }

        return utf8.Length;
    }

    /// <inheritdoc/>
    public override byte[] DecodeBytes(ReadOnlySpan<int> tokens)
    {
        var bytes = new byte[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            CheckId(tokens[i]);
            bytes[i] = (byte)tokens[i];
        }

        return bytes;
    }
}
