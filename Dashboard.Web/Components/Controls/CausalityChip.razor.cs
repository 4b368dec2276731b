using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>Whether outputs depend on earlier tokens only.</summary>
public sealed partial class CausalityChip : ComponentBase
{
    /// <summary>True when they do.</summary>
    [Parameter, EditorRequired]
    public bool IsCausal { get; set; }

    /// <summary>True when options decide, and this is what the defaults do.</summary>
    [Parameter]
    public bool ByDefault { get; set; }
}
