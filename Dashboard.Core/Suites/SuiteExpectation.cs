using System.Text.RegularExpressions;

namespace Crossbench.Suites;

/// <summary>A loss that stands in a run's own record.</summary>
public enum ExpectedLine
{
    /// <summary>Chance of the data.</summary>
    Chance,

    /// <summary>Smallest reachable loss.</summary>
    Floor,
}

/// <summary>One bound of an expectation: a number, a line of the data, or the mean of other runs.</summary>
/// <param name="Number">The number, unless another is given.</param>
/// <param name="Line">The line of each run's own data.</param>
/// <param name="Runs">Pattern of the names of other runs, whose mean is the bound.</param>
public sealed record ExpectedBound(double? Number, ExpectedLine? Line, string? Runs)
{
    /// <summary>The bound in words.</summary>
    public override string ToString() => Runs is not null ? $"the mean of {Runs}" : Line is { } line ? line.ToString().ToLowerInvariant() : FormattableString.Invariant($"{Number}");
}

/// <summary>What must hold when a suite has ended.</summary>
/// <param name="Runs">Pattern of run names: * stands for anything, ? for one character.</param>
/// <param name="Metric">The metric; its last value counts.</param>
/// <param name="Below">What it must be below.</param>
/// <param name="Above">What it must be above.</param>
/// <param name="Margin">By how much at least.</param>
public sealed record SuiteExpectation(string Runs, string Metric, ExpectedBound? Below, ExpectedBound? Above, double Margin)
{
    /// <summary>The metric that is meant when none is named: the last loss on the held-out data.</summary>
    public const string EvaluationLoss = "eval.loss";

    /// <summary>The expectation in words.</summary>
    public override string ToString()
    {
        var bounds = new[] { (Word: "below", Bound: Below), (Word: "above", Bound: Above) }.Where(item => item.Bound is not null).Select(item => $"{item.Word} {item.Bound}");
        return $"{Metric} of {Runs} {string.Join(" and ", bounds)}{(Margin > 0 ? FormattableString.Invariant($" by {Margin}") : "")}";
    }

    /// <summary>Whether a name fits a pattern.</summary>
    public static bool IsMatch(string pattern, string name) => Regex.IsMatch(
        name, $"\\A{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}\\z", RegexOptions.Singleline | RegexOptions.CultureInvariant);
}
