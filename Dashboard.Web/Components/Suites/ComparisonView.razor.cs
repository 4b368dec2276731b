namespace Crossbench.Web.Components.Suites;

/// <summary>The rows of a column with loss, difference and costs.</summary>
public sealed partial class ComparisonView : SuiteViewBase;
