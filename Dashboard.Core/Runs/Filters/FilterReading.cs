namespace Crossbench.Runs.Filters;

/// <summary>A mistake in a filter.</summary>
/// <param name="At">Where it begins, in characters from 0.</param>
/// <param name="Length">How many characters are wrong; 0 when something is missing there.</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="Remedy">What to do, in a sentence.</param>
public sealed record FilterProblem(int At, int Length, string Reason, string Remedy)
{
    /// <summary>The whole filter with the nearest word in place, where there is one.</summary>
    public string? Mended { get; init; }
}

/// <summary>What a filter's text was read as.</summary>
/// <param name="Text">The text.</param>
/// <param name="Filter">Its meaning; null when the text is empty or wrong.</param>
/// <param name="Problems">All that is wrong with it.</param>
public sealed record FilterReading(string Text, RunFilter? Filter, IReadOnlyList<FilterProblem> Problems)
{
    /// <summary>Its terms, those in parentheses too, each before what stands around it.</summary>
    internal IReadOnlyList<FilterTerm> Terms { get; init; } = [];

    /// <summary>Reads a filter's text.</summary>
    public static FilterReading Of(string? text) => new FilterReader(text ?? "").Read();

    /// <summary>The problems as those of an option.</summary>
    /// <param name="path">The option, as in <c>--filter</c>.</param>
    public IEnumerable<SpecProblem> AsSpecProblems(string path) => Problems.Select(problem => new SpecProblem(path, $"Character {problem.At + 1}: {problem.Reason}", problem.Remedy));

    /// <summary>The meaning; null for all runs.</summary>
    /// <param name="path">The option that the text came from.</param>
    /// <exception cref="SpecException">The text is wrong.</exception>
    public RunFilter? OrThrow(string path) => Problems.Count == 0 ? Filter : throw new SpecException([.. AsSpecProblems(path)]);
}
