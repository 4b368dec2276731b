using System.Security.Cryptography;
using System.Text;
using Crossbench.Datasets.Tokenizers;

namespace Crossbench.Datasets.Corpora;

/// <summary>A text with its tokenizer, tokenized.</summary>
/// <param name="Path">The file of its tokens.</param>
/// <param name="File">Its tokens.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Notes">What a user should know of the preparation.</param>
internal sealed record TokenizedText(string Path, TokenFile File, Tokenizer Tokenizer, IReadOnlyList<string> Notes)
{
    /// <summary>All files that it was prepared into: the tokens, and a tokenizer that was learnt from the text.</summary>
    public IReadOnlyList<string> Files { get; init; } = [Path];
}

/// <summary>Texts are tokenized once, into a file of the data folder that is named by what the text holds and by the tokenizer.</summary>
internal static class TokenCache
{
    /// <summary>The tokenizer of a text; null when it is learnt and was not yet.</summary>
    /// <param name="folder">Where prepared files are kept.</param>
    /// <param name="spec">The tokenizer.</param>
    /// <param name="body">The text; null while it is not here.</param>
    public static Tokenizer? FindTokenizer(DataFolder folder, TokenizerSpec spec, Func<TextBody?> body) =>
        spec.Choice != TokenizerChoice.Bpe ? TokenizerCatalog.Open(spec) : body() is { } text ? LearntTokenizer.Find(folder, text.Key(folder), spec.Size) : null;

    /// <summary>Opens the tokens of a text, which are made first when they are not there.</summary>
    /// <exception cref="SpecException">The text, the tokenizer or the folder cannot be used.</exception>
    public static TokenizedText Open(DataFolder folder, TextBody body, TokenizerSpec spec, PreparationProgress? progress = null)
    {
        try
        {
            var notes = body.Notes.ToList();
            if (spec.Choice == TokenizerChoice.Bpe && LearntTokenizer.RemoveDamaged(folder, body.Key(folder), spec.Size) is { } damaged)
            {
                notes.Add($"The learnt tokenizer in {damaged} was damaged; it was learnt again from the text.");
            }

            var (name, tokenizer) = Name(folder, body, spec, progress);
            var path = Get(folder, name, body, tokenizer, progress);
            var file = TokenFile.TryOpen(path);
            if (file is null)
            {
                File.Delete(path);
                notes.Add($"The prepared tokens in {path} were damaged; they were made again from the text.");
                file = TokenFile.TryOpen(Get(folder, name, body, tokenizer, progress)) ?? throw new IOException($"{path} is damaged right after it was written");
            }

            if (file.Skipped > 0)
            {
                notes.Add($"{(file.Skipped == 1 ? "1 broken record was" : $"{file.Skipped:N0} broken records were")} left out; {file.Documents:N0} documents are there.");
            }

            return new TokenizedText(path, file, tokenizer, notes) { Files = spec.Choice == TokenizerChoice.Bpe ? [LearntTokenizer.PathOf(folder, body.Key(folder), spec.Size), path] : [path] };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, body, e);
        }
    }

    /// <summary>Makes the tokens of a text when they are not there. Damaged ones are left to <see cref="Open"/>, which says so.</summary>
    /// <exception cref="SpecException">The text, the tokenizer or the folder cannot be used.</exception>
    public static void Prepare(DataFolder folder, TextBody body, TokenizerSpec spec, PreparationProgress progress)
    {
        try
        {
            if (spec.Choice != TokenizerChoice.Bpe || !LearntTokenizer.IsDamaged(folder, body.Key(folder), spec.Size))
            {
                var (name, tokenizer) = Name(folder, body, spec, progress);
                Get(folder, name, body, tokenizer, progress);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, body, e);
        }
    }

    /// <summary>Name of the file of tokens, and the tokenizer, which is learnt first where it must be.</summary>
    private static (string Name, Tokenizer Tokenizer) Name(DataFolder folder, TextBody body, TokenizerSpec spec, PreparationProgress? progress)
    {
        var key = body.Key(folder);
        var tokenizer = spec.Choice == TokenizerChoice.Bpe ? LearntTokenizer.Open(folder, body, key, spec.Size, progress) : TokenizerCatalog.Open(spec);
        return ($"text-{Hash($"{key}/{tokenizer.Fingerprint}")}.tokens", tokenizer);
    }

    private static SpecException Unreadable(DataFolder folder, TextBody body, Exception fault) =>
        new(TextProblems.Unreadable(body.Subject.Split('"') is [_, var path, ..] ? path : folder.Datasets, fault));

    private static string Get(DataFolder folder, string name, TextBody body, Tokenizer tokenizer, PreparationProgress? progress) => PreparedFile.Get(folder, name, stream =>
    {
        var what = $"Tokenizing {body.Subject[..body.Subject.LastIndexOf(' ')]}";
        var writer = new TokenFileWriter(stream, tokenizer, read => progress?.Invoke(what, Math.Min(1, read / (double)Math.Max(1, body.Bytes))));
        writer.Begin();
        body.Read(writer);
        if (writer.Documents == 0)
        {
            throw new SpecException(TextProblems.NoDocument(body.Subject, writer.Skipped));
        }

        writer.Finish();
    });

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
