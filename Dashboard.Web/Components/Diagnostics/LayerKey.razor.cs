using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Which line is which layer: each by name where they are few, else the first, the last and what is between.</summary>
public sealed partial class LayerKey : ComponentBase
{
    private const int MostNames = 4;

    /// <summary>Layers of the model.</summary>
    [Parameter, EditorRequired]
    public int Layers { get; set; }
}
