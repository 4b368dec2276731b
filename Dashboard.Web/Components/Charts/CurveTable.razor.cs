using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Charts;

/// <summary>The numbers of a chart.</summary>
public sealed partial class CurveTable : ComponentBase
{
    /// <summary>What it is called.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>The numbers.</summary>
    [Parameter, EditorRequired]
    public CurveNumbers Table { get; set; } = null!;
}
