namespace Crossbench.Suites;

/// <summary>A place in a text file.</summary>
/// <param name="Line">1-based line.</param>
/// <param name="Column">1-based column, in characters (code points).</param>
public readonly record struct TextPosition(int Line, int Column);

/// <summary>A mistake in a suite file, with its place.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="At">Where it is; line 0 where it stands in no file but on the command line.</param>
/// <param name="Problem">What is wrong; its path may be empty where the place says it all.</param>
public sealed record SuiteProblem(string File, TextPosition At, SpecProblem Problem)
{
    /// <summary>File, line, column and the problem on one line, as compilers write them, so that editors find the place.</summary>
    public override string ToString() => At.Line == 0 ? $"{File} {Problem}" : $"{File}:{At.Line}:{At.Column}: {Problem}";
}
