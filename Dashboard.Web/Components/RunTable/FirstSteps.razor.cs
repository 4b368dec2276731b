using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.RunTable;

/// <summary>Three steps for who is new: stand over the list while it is short, block nothing, and stay away once closed.</summary>
public sealed partial class FirstSteps : ComponentBase
{
    private const string ClosedKey = "crossbench-first-steps";
    private bool _isShown;

    /// <summary>Number of runs.</summary>
    [Parameter, EditorRequired]
    public int Runs { get; set; }

    /// <summary>Number of runs that are done.</summary>
    [Parameter]
    public int Finished { get; set; }

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
            await using var module = await ModuleAsync();
            _isShown = await module.InvokeAsync<string?>("recall", ClosedKey) is null;
            StateHasChanged();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone, and nobody is new any more.
        }
    }

    private async Task CloseAsync()
    {
        _isShown = false;
        await using var module = await ModuleAsync();
        await module.InvokeVoidAsync("remember", ClosedKey, "closed");
    }

    private ValueTask<IJSObjectReference> ModuleAsync() => Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
}
