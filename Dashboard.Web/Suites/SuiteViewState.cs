namespace Crossbench.Web.Suites;

/// <summary>What the address says of a view. The page alone reads the query: components that come and go while an address changes must not subscribe to it.</summary>
/// <param name="Column">Key of the column that is shown.</param>
/// <param name="By">The cost that a loss is held against.</param>
/// <param name="Gate">The family of gate metrics.</param>
/// <param name="Run">Id of the run that is inspected.</param>
/// <param name="IsTable">Whether numbers are shown in place of curves.</param>
public sealed record SuiteViewState(string? Column, string? By, string? Gate, string? Run, bool IsTable);
