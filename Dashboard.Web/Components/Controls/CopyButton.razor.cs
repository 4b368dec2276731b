using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Controls;

/// <summary>Puts a text on the clipboard.</summary>
public sealed partial class CopyButton : ComponentBase
{
    private bool _isCopied;
    private string _copied = "";

    /// <summary>What is copied.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>Word on the button.</summary>
    [Parameter]
    public string Label { get; set; } = "Copy";

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet() => _isCopied = _isCopied && _copied == Text;

    private async Task CopyAsync()
    {
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
        await module.InvokeVoidAsync("copy", Text);
        (_isCopied, _copied) = (true, Text);
    }
}
