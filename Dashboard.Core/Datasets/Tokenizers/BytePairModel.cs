namespace Crossbench.Datasets.Tokenizers;

/// <summary>All that decides what a byte-pair tokenizer does.</summary>
/// <param name="Tokens">The bytes of each token, by id.</param>
/// <param name="ByteTokens">The token of each byte; negative where there is none.</param>
/// <param name="Merges">Which tokens join.</param>
internal sealed record BytePairModel(byte[][] Tokens, int[] ByteTokens, MergeTable Merges)
{
    /// <summary>Whether a word that is a token becomes it without any merging.</summary>
    public bool WholeWordsFirst { get; init; }

    /// <summary>Whether text is brought into Unicode's normal form C first.</summary>
    public bool Nfc { get; init; }

    /// <summary>What cuts text into words, the coarsest first.</summary>
    public required PieceScanner[] Scanners { get; init; }

    /// <summary>The added tokens.</summary>
    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    /// <summary>The token that ends a document.</summary>
    public int? EndOfText { get; init; }

    public WordEncoder CreateWordEncoder()
    {
        if (!WholeWordsFirst)
        {
            return new WordEncoder(ByteTokens, Merges, null);
        }

        var added = Added.Select(token => token.Id).ToHashSet();
        var wholes = new Dictionary<byte[], int>(Tokens.Length, ByteSpanComparer.Instance);
        foreach (var (id, bytes) in Tokens.Index().Where(token => !added.Contains(token.Index)))
        {
            wholes.TryAdd(bytes, id);
        }

        return new WordEncoder(ByteTokens, Merges, wholes);
    }

    public string Fingerprint() => TokenizerFingerprint.Of(hash =>
    {
        hash.Add("byte pairs");
        hash.AddCharacterKinds();
        hash.Add(Tokens.Length);
        foreach (var token in Tokens)
        {
            hash.Add(token);
        }

        foreach (var token in ByteTokens)
        {
            hash.Add(token);
        }

        foreach (var (pair, value) in Merges.Ordered())
        {
            hash.Add((long)pair);
            hash.Add((long)value);
        }

        hash.Add($"whole words first: {WholeWordsFirst}, nfc: {Nfc}, end of text: {EndOfText}, cut by: {string.Join(' ', Scanners.Select(scanner => scanner.Name))}");
        foreach (var token in Added)
        {
            hash.Add(token.ToString());
        }
    });
}
