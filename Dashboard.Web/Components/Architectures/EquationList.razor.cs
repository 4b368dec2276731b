using Crossbench.Models;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Architectures;

/// <summary>Equations with what their symbols mean. The server sends TeX; the browser typesets it once, and shows it as it is where it cannot.</summary>
public sealed partial class EquationList : ComponentBase
{
    private ElementReference _element;
    private string? _fault;

    /// <summary>The equations; others need another component, because what was typeset stays.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Equation> Equations { get; set; } = [];

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/math.js"]}");
            await module.InvokeVoidAsync("typeset", _element, Assets["lib/temml.min.js"]);
        }
        catch (JSException error)
        {
            _fault = error.Message.Split('\n')[0];
            StateHasChanged();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone.
        }
    }
}
