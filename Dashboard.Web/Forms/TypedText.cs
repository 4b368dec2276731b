using Microsoft.JSInterop;

namespace Crossbench.Web.Forms;

/// <summary>
/// What was typed within <c>data-keep</c> and is not safe yet. The browser keeps it for as long as the tab lives, so that it outlives the server; it gives it back
/// once, to the page that was loaded with the document.
/// </summary>
/// <param name="script">The browser.</param>
/// <param name="module">Address of the page's script.</param>
internal sealed class TypedText(IJSRuntime script, string module)
{
    /// <summary>Name under which the value of <c>data-keep</c> itself comes back.</summary>
    public const string Mark = "keep";

    /// <summary>Texts by id of their element; none where nothing was left behind.</summary>
    public async Task<IReadOnlyDictionary<string, string>> TakeAsync() => await CallAsync<Dictionary<string, string>?>("typed") ?? [];

    /// <summary>Keeps a text that no element holds.</summary>
    public async Task KeepAsync(string name, string text) => await CallAsync<object>("keep", name, text);

    /// <summary>The fields that were left are safe elsewhere.</summary>
    public async Task SettleAsync() => await CallAsync<object>("settle");

    /// <summary>All of it is safe elsewhere, or was given up.</summary>
    public async Task ForgetAsync() => await CallAsync<object>("forget");

    private async Task<T?> CallAsync<T>(string function, params object?[] arguments)
    {
        try
        {
            await using var page = await script.InvokeAsync<IJSObjectReference>("import", module);
            return await page.InvokeAsync<T>(function, arguments);
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone. What it keeps, it gives back when the page is loaded again.
            return default;
        }
    }
}
