namespace Crossbench.Web.Suites;

/// <summary>A way to look at runs together.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="HasBaseline">Whether it holds rows against one of them.</param>
public sealed record SuiteViewName(string Name, string Title, bool HasBaseline = false);

/// <summary>The views of a suite, in the order of their tabs.</summary>
internal static class SuiteViews
{
    /// <summary>The view that is shown when none is named.</summary>
    public const string Matrix = "matrix";

    /// <summary>All views.</summary>
    public static IReadOnlyList<SuiteViewName> All { get; } =
    [
        new(Matrix, "Matrix"), new("efficiency", "Efficiency"), new("convergence", "Convergence"), new("table", "Table", true), new("crossover", "Crossover", true), new("gates", "Gates"),
        new("stability", "Stability"), new("radar", "Radar", true), new("inspector", "Inspector"),
    ];

    /// <summary>The view of a selection that is shown when none is named.</summary>
    public const string Overview = "overview";

    /// <summary>What the specifications of a selection measure beside their losses.</summary>
    public const string Diagnostics = "diagnostics";

    /// <summary>The views of runs that somebody picked: those of a suite, after what is told of any runs.</summary>
    public static IReadOnlyList<SuiteViewName> OfSelection { get; } = [new(Overview, "Overview"), new(Diagnostics, "Diagnostics"), .. All];
}
