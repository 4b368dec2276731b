namespace Crossbench.Datasets.Tokenizers;

/// <summary>What keeps a tokenizer's file from being used.</summary>
/// <param name="reason">A clause to follow the path and a colon, without full stop.</param>
/// <param name="remedy">A sentence that says what to do.</param>
internal sealed class TokenizerFileFault(string reason, string remedy) : Exception(reason)
{
    /// <summary>The option that names the file.</summary>
    public const string Option = "dataset.tokenizerFile";

    /// <summary>The remedy where a file is damaged.</summary>
    public const string Again = "Take the file from its source again; it is damaged, or made by another program.";

    /// <summary>A file that is not what it should be.</summary>
    public static TokenizerFileFault Damaged(string reason) => new(reason, Again);

    /// <summary>The fault as the user's problem.</summary>
    public SpecProblem Problem(string path) => new(Option, $"\"{path}\": {Message}.", remedy);
}
