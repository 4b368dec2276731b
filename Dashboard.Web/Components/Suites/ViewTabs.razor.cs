using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Ways to look at the same runs, each an address; the first is that of an address that names none.</summary>
public sealed partial class ViewTabs : ComponentBase
{
    /// <summary>What they are views of.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The views.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<SuiteViewName> Views { get; set; } = [];

    /// <summary>Name of the one that is shown.</summary>
    [Parameter, EditorRequired]
    public string Current { get; set; } = "";

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;
}
