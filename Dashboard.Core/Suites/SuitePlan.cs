using Crossbench.Training;

namespace Crossbench.Suites;

/// <summary>A run that a suite describes.</summary>
/// <param name="Spec">Its specification, with its name.</param>
/// <param name="Hash">SHA-256 of the specification without name, tags and notes.</param>
/// <param name="Problems">What keeps it from starting.</param>
public sealed record PlannedRun(RunSpec Spec, string Hash, IReadOnlyList<SuiteProblem> Problems)
{
    /// <summary>Whether the semantics of TransBench are kept, so that results compare with what it published and with little else.</summary>
    public bool IsTransBench { get; init; }
}

/// <summary>What a suite file stands for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Runs">Its runs, in order, also those with problems.</param>
/// <param name="Expectations">What is to be checked when the runs have ended.</param>
/// <param name="FileProblems">What is wrong with the files themselves, rather than with single runs.</param>
/// <param name="Notes">What a reader should know, one sentence each.</param>
public sealed record SuitePlan(
    string Name, IReadOnlyList<PlannedRun> Runs, IReadOnlyList<SuiteExpectation> Expectations, IReadOnlyList<SuiteProblem> FileProblems, IReadOnlyList<string> Notes)
{
    /// <summary>Every problem once, those of the files first.</summary>
    public IReadOnlyList<SuiteProblem> Problems => [.. FileProblems.Concat(Runs.SelectMany(run => run.Problems)).DistinctBy(problem => problem.ToString())];

    /// <summary>Whether all runs keep the semantics of TransBench.</summary>
    public bool IsTransBench => Runs.Count > 0 && Runs.All(run => run.IsTransBench);
}

/// <summary>What surrounds the expansion of a suite.</summary>
public sealed record SuiteContext
{
    /// <summary>Reads a file that a suite includes, by its path; throws <see cref="IOException"/> where it cannot.</summary>
    public required Func<string, byte[]> ReadFile { get; init; }

    /// <summary>Settings (path, text) that go over those of every run, as <c>--set</c> gives them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Overrides { get; init; } = [];

    /// <summary>Says that a device other than the CPU is not there; null where it is, or where nobody can tell.</summary>
    public Func<string, SpecProblem?> DeviceProblem { get; init; } = _ => null;
}

/// <summary>A setting of a suite, with its place.</summary>
/// <param name="Path">Path in a specification, as in <c>--set</c>.</param>
/// <param name="Text">Its value.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="At">Where its key stands.</param>
internal sealed record SuiteSetting(string Path, string Text, string File, TextPosition At)
{
    /// <summary>The last part of the path: <c>signalRatio</c>.</summary>
    public string ShortName => Path[(Path.LastIndexOf('.') + 1)..];
}
