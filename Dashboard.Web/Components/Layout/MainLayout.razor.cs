using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using Radzen;

namespace Crossbench.Web.Components.Layout;

/// <summary>The frame around every page: side bar, top bar, tab bar on phones, and what the keyboard and the visibility of the tab need.</summary>
public sealed partial class MainLayout : LayoutComponentBase, IAsyncDisposable
{
    private ErrorBoundary? _boundary;
    private bool _isPaletteOpen;
    private DotNetObjectReference<PageVisibility>? _reference;
    private IJSObjectReference? _module;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private PageVisibility Visibility { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private string SkipTarget => new Uri(Addresses.Uri).PathAndQuery + "#main";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Addresses.LocationChanged -= OnLocationChanged;
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("detach");
                await _module.DisposeAsync();
            }
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone, and what it held with it.
        }

        _reference?.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => Addresses.LocationChanged += OnLocationChanged;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _reference = DotNetObjectReference.Create(Visibility);
            _module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
            await _module.InvokeVoidAsync("attach", _reference);
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _boundary?.Recover();

    private async Task ShowPaletteAsync()
    {
        // A second Ctrl K while it is open is nothing new.
        if (_isPaletteOpen)
        {
            return;
        }

        _isPaletteOpen = true;
        var actions = _module is null ? [] : await _module.InvokeAsync<PageAction[]?>("actions") ?? [];
        var parameters = new Dictionary<string, object?> { [nameof(CommandPalette.Actions)] = actions };
        var chosen = await Dialogs.OpenAsync<CommandPalette>("Do or go to", parameters, new DialogOptions { Width = "560px", CloseDialogOnEsc = true, CloseDialogOnOverlayClick = true });
        _isPaletteOpen = false;
        if (chosen is string address)
        {
            Addresses.NavigateTo(address);
        }
        else if (chosen is int action && _module is not null)
        {
            await _module.InvokeVoidAsync("perform", action);
        }
    }

    private async Task ShowKeysAsync() => await Dialogs.OpenAsync<KeyboardHelp>("Keyboard shortcuts", options: new DialogOptions { Width = "620px", CloseDialogOnEsc = true, CloseDialogOnOverlayClick = true });
}
