using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Layout;

/// <summary>Goes through the themes: as the system, light, dark. The browser remembers the choice.</summary>
public sealed partial class ThemeButton : ComponentBase
{
    private string _theme = "system";

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private string Label => _theme == "system" ? "Theme: follows the system" : $"Theme: {_theme}";

    private string IconName => _theme switch
    {
        "light" => "sun",
        "dark" => "moon",
        _ => "system-theme",
    };

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _theme = await Script.InvokeAsync<string?>("crossbenchTheme.current") ?? "system";
            StateHasChanged();
        }
    }

    private async Task CycleAsync() => _theme = await Script.InvokeAsync<string?>("crossbenchTheme.next") ?? "system";
}
