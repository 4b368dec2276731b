using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Plots;

/// <summary>The numbers of a plot.</summary>
public sealed partial class TwinTable : ComponentBase
{
    /// <summary>What it holds.</summary>
    [Parameter, EditorRequired]
    public string Caption { get; set; } = "";

    /// <summary>Heads of its columns.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<string> Heads { get; set; } = [];

    /// <summary>A text for each column.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; set; } = [];

    /// <summary>Columns that hold words; the others hold numbers.</summary>
    [Parameter]
    public int Words { get; set; } = 1;

    /// <summary>Whether it is unfolded.</summary>
    [Parameter]
    public bool IsOpen { get; set; } = true;
}
