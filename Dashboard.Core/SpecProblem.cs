namespace Crossbench;

/// <summary>One mistake in what a user asked for: where, what is wrong with the value, and what to do instead.</summary>
/// <param name="Path">Path of the option, as in <c>--set</c>: <c>shape.heads</c>. Empty when no single option is to blame.</param>
/// <param name="Reason">A sentence that names the value and what is wrong with it.</param>
/// <param name="Remedy">A sentence that says what to do.</param>
public sealed record SpecProblem(string Path, string Reason, string Remedy)
{
    /// <summary>Values that would mend the problem; a form offers them as links that apply themselves.</summary>
    public IReadOnlyList<SpecFix> Fixes { get; init; } = [];

    /// <summary>Path, reason and remedy on one line, as a command line prints them.</summary>
    public override string ToString() => Path.Length == 0 ? $"{Reason} {Remedy}" : $"{Path}: {Reason} {Remedy}";
}

/// <summary>A value for an option that mends a <see cref="SpecProblem"/>.</summary>
/// <param name="Path">Path of the option to set.</param>
/// <param name="Value">The text to set it to.</param>
public sealed record SpecFix(string Path, string Value);

/// <summary>Thrown where a user's mistake is found too late to be returned as a list; a command ends with exit code 2 on it.</summary>
public sealed class SpecException : Exception
{
    /// <summary>Creates the exception from the problems found.</summary>
    public SpecException(params IReadOnlyList<SpecProblem> problems) : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>All problems found.</summary>
    public IReadOnlyList<SpecProblem> Problems { get; }
}
