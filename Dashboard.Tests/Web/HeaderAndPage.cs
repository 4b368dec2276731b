using Crossbench.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Sections;

namespace Crossbench.Tests.Web;

/// <summary>A page below the top bar that it fills, and drawn again with each new address, as the router does.</summary>
public sealed class HeaderAndPage : ComponentBase
{
    [Parameter]
    public Type Page { get; set; } = null!;

    [Parameter]
    public Dictionary<string, object?> Values { get; set; } = [];

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    protected override void OnInitialized() => Addresses.LocationChanged += (_, _) => InvokeAsync(StateHasChanged);

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        foreach (var section in (object[])[PageHeader.TitleSection, PageHeader.ActionsSection])
        {
            builder.OpenComponent<SectionOutlet>(0);
            builder.AddComponentParameter(1, nameof(SectionOutlet.SectionId), section);
            builder.CloseComponent();
        }

        builder.OpenComponent(2, Page);
        foreach (var (name, value) in Values)
        {
            builder.AddComponentParameter(3, name, value);
        }

        builder.CloseComponent();
    }
}
