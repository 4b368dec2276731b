using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Layout;

/// <summary>What a page puts into the top bar: title, the page above it, actions.</summary>
public sealed partial class PageHeader : ComponentBase
{
    internal static readonly object TitleSection = new();
    internal static readonly object ActionsSection = new();

    /// <summary>Title of the page and of the browser's tab.</summary>
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>The page that this one belongs to.</summary>
    [Parameter]
    public (string Title, string Href)? Parent { get; set; }

    /// <summary>Actions of the page, right in the top bar.</summary>
    [Parameter]
    public RenderFragment? Actions { get; set; }
}
