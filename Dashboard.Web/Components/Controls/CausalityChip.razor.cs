using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>Whether outputs depend on earlier tokens only.</summary>
public sealed partial class CausalityChip : ComponentBase
{
    /// <summary>True when they do.</summary>
    [Parameter, EditorRequired]
    public bool IsCausal { get; set; }
}
