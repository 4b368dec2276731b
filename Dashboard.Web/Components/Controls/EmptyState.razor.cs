using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>What stands in place of content that does not exist yet: what belongs here, and what to do.</summary>
public sealed partial class EmptyState : ComponentBase
{
    /// <summary>What belongs here.</summary>
    [Parameter, EditorRequired]
    public string Sentence { get; set; } = "";

    /// <summary>What to do.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }
}
