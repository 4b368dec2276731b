using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>Text that people have written, read as Markdown.</summary>
public sealed partial class Prose : ComponentBase
{
    private MarkupString? _shown;
    private string? _seen;

    /// <summary>The text.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Text != _seen)
        {
            (_seen, _shown) = (Text, MarkdownText.Render(Text));
        }
    }
}
