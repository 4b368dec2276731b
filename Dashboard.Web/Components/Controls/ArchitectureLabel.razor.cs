using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>An architecture's id beside the colour of its lines.</summary>
public sealed partial class ArchitectureLabel : ComponentBase
{
    /// <summary>Id of the architecture.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";
}
