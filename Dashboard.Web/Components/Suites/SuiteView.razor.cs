using Crossbench.Reports.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>One view of some runs, by its name.</summary>
public sealed partial class SuiteView : ComponentBase
{
    /// <summary>Name of the view.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>The runs, laid out.</summary>
    [Parameter, EditorRequired]
    public SuiteMatrix Matrix { get; set; } = null!;
}
