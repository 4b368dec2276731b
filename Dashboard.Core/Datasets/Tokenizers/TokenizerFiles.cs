namespace Crossbench.Datasets.Tokenizers;

/// <summary>The files of tokenizers that were opened last, so that a form may ask at every change. A file that has changed since is read again.</summary>
public static class TokenizerFiles
{
    private const int Kept = 4;
    private static readonly Lock Gate = new();
    private static readonly List<(State State, Tokenizer Tokenizer)> Open = [];

    /// <summary>The tokenizer of a <c>tokenizer.json</c>.</summary>
    /// <exception cref="SpecException">The file cannot be used.</exception>
    public static Tokenizer Get(string path)
    {
        lock (Gate)
        {
            var state = State.Of(path);
            var index = Open.FindIndex(file => file.State == state);
            var tokenizer = index >= 0 ? Open[index].Tokenizer : TokenizerJson.Load(path);
            Open.RemoveAll(file => file.State.Path == path);
            Open.Add((state, tokenizer));
            Open.RemoveRange(0, Math.Max(0, Open.Count - Kept));
            return tokenizer;
        }
    }

    /// <summary>All that keeps the file from being used.</summary>
    public static IReadOnlyList<SpecProblem> Problems(string path)
    {
        try
        {
            Get(path);
            return [];
        }
        catch (SpecException fault)
        {
            return fault.Problems;
        }
    }

    private sealed record State(string Path, long Length, DateTime Written)
    {
        public static State Of(string path)
        {
            var file = new FileInfo(string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal) ? "." : path);
            return new State(path, file.Exists ? file.Length : -1, file.LastWriteTimeUtc);
        }
    }
}
