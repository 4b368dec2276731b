using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Architectures;

/// <summary>The letter of a size, with what stands below the line.</summary>
public sealed partial class SizeName : ComponentBase
{
    /// <summary>The letter: <c>d_h</c>.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    private string[] Parts => Name.Split('_', 2);
}
