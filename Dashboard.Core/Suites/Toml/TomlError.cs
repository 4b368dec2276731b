namespace Crossbench.Suites.Toml;

/// <summary>Ends the reading of one statement.</summary>
internal sealed class TomlError(TextPosition at, string reason, string remedy) : Exception(reason)
{
    public TextPosition At => at;

    public SpecProblem Problem { get; } = new("", reason, remedy);
}
