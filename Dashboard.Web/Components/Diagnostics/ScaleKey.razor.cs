using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>What the tints mean: the lower end, all tints, the upper end.</summary>
public sealed partial class ScaleKey : ComponentBase
{
    /// <summary>What the palest tint means.</summary>
    [Parameter, EditorRequired]
    public string LowText { get; set; } = "";

    /// <summary>What the strongest tint means.</summary>
    [Parameter, EditorRequired]
    public string HighText { get; set; } = "";

    /// <summary>The palest tint in use.</summary>
    [Parameter]
    public int First { get; set; }
}
