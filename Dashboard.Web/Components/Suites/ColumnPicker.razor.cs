using Crossbench.Reports.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Chooses the column that a view shows.</summary>
public sealed partial class ColumnPicker : ComponentBase
{
    /// <summary>The columns.</summary>
    [Parameter, EditorRequired]
    public SuiteLayout Layout { get; set; } = null!;

    /// <summary>Index of the one that is shown.</summary>
    [Parameter, EditorRequired]
    public int Current { get; set; }

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;
}
