using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>An outline icon of 16 px; always beside a word, or in a control with a label.</summary>
public sealed partial class Icon : ComponentBase
{
    /// <summary>Name of the symbol in <see cref="IconSprite"/>.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";
}
