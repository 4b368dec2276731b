using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Opens texts as rows of tokens.</summary>
internal static class TextCorpora
{
    /// <summary>Opens a text for training: finds it, checks all of it, prepares it where its form is not that of its file, and splits it.</summary>
    /// <exception cref="SpecException">The text cannot be used.</exception>
    public static TokenStream Open(DataFolder folder, string path, TokenizerChoice choice, int contextLength, int vocabulary)
    {
        if (TextProblems.SmallVocabulary(choice, vocabulary) is { } small)
        {
            throw new SpecException(small);
        }

        var (source, problem) = TextSource.Find(path);
        if (source is null)
        {
            throw new SpecException(problem!);
        }

        var tokenizer = TokenizerCatalog.Open(choice);
        var corpus = Bytes(folder, source);
        try
        {
            if (corpus.Count < TextSplit.Required(contextLength))
            {
                throw new SpecException(TextProblems.TooShort("dataset.path", $"\"{path}\"", corpus.Count, tokenizer.Id, contextLength));
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
