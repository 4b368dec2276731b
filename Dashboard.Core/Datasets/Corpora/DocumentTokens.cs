using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>Encodes the files of a text one after the other, never holding more than a block of it.</summary>
internal static class DocumentTokens
{
    /// <summary>Passes the ids on in blocks. Between two documents stands the end of text, or a line feed where the tokenizer has none.</summary>
    public static void Read(TextSource source, Tokenizer tokenizer, Action<List<int>> take)
    {
        var tokens = new List<int>();
        foreach (var (index, file) in source.Files.Index())
        {
            if (index > 0)
            {
                tokens.Add(tokenizer.EndOfText ?? '\n');
            }

            // The last piece of a block may go on in the next one, so it waits.
            var waiting = new MemoryStream();
            Utf8Text.Read(file.FullName, block =>
            {
                waiting.Write(block);
                Encode(waiting, false);
            });
            Encode(waiting, true);
        }

        void Encode(MemoryStream text, bool final)
        {
            var bytes = text.GetBuffer().AsSpan(0, (int)text.Length);
            var done = tokenizer.Encode(bytes, final, tokens);
            bytes[done..].CopyTo(bytes);
            text.SetLength(bytes.Length - done);
            text.Position = text.Length;
            take(tokens);
            tokens.Clear();
        }
    }

    /// <summary>Number of tokens of a whole text.</summary>
    public static long Count(TextSource source, Tokenizer tokenizer)
    {
        var count = 0L;
        Read(source, tokenizer, tokens => count += tokens.Count);
        return count;
    }
}
