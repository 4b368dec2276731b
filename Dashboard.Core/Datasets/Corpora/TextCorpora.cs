using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Opens texts as rows of tokens.</summary>
internal static class TextCorpora
{
    /// <summary>Opens a text for training: checks all of it, prepares it where its form is not that of its file, and splits it.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="source">The text.</param>
    /// <param name="choice">How it becomes tokens.</param>
    /// <param name="contextLength">Tokens in a row, T.</param>
    /// <param name="tooShort">The problem with a text of so few tokens.</param>
    /// <exception cref="SpecException">The text cannot be used.</exception>
    public static TokenStream Open(DataFolder folder, TextSource source, TokenizerChoice choice, int contextLength, Func<long, SpecProblem> tooShort)
    {
        var tokenizer = TokenizerCatalog.Open(choice);
        TokenCorpus corpus = choice == TokenizerChoice.Bytes ? Bytes(folder, source) : Tokens(folder, source, tokenizer);
        try
        {
            if (corpus.Count < TextSplit.Required(contextLength))
            {
                throw new SpecException(tooShort(corpus.Count));
            }

            return new CorpusStream(corpus, tokenizer, contextLength);
        }
        catch
        {
            corpus.Dispose();
            throw;
        }
    }

    private static ByteCorpus Bytes(DataFolder folder, TextSource source)
    {
        if (source.Files is [var only])
        {
            Utf8Text.Read(only.FullName, _ => { });
            return new ByteCorpus(only.FullName, Utf8Text.MarkLength(only.FullName));
        }

        return new ByteCorpus(PreparedFile.Get(folder, $"text-{source.Fingerprint("bytes")}.bytes", stream => Join(source, stream)), 0);
    }

    private static TokenFile Tokens(DataFolder folder, TextSource source, Tokenizer tokenizer) => new(PreparedFile.Get(
        folder,
        $"text-{source.Fingerprint(tokenizer.Id)}.{tokenizer.Id}",
        stream => TokenFile.Write(stream, take => DocumentTokens.Read(source, tokenizer, take))));

    /// <summary>All documents, with a line feed between two.</summary>
    private static void Join(TextSource source, Stream stream)
    {
        foreach (var (index, file) in source.Files.Index())
        {
            if (index > 0)
            {
                stream.WriteByte((byte)'\n');
            }

            Utf8Text.Read(file.FullName, block => stream.Write(block));
        }
    }
}
