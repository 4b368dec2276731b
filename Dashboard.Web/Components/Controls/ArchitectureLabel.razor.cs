using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>An architecture's id beside the colour of its lines.</summary>
public sealed partial class ArchitectureLabel : ComponentBase
{
    /// <summary>Id of the architecture.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    /// <summary>Colour of its mark as a CSS variable, where one shade of the architecture's stands for some settings; else the architecture's own.</summary>
    [Parameter]
    public string? Colour { get; set; }
}
