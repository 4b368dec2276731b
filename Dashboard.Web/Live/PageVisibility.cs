using Microsoft.JSInterop;

namespace Crossbench.Web.Live;

/// <summary>Whether the tab of this circuit can be seen. Hidden tabs get no updates; they catch up once they are shown.</summary>
internal sealed class PageVisibility
{
    /// <summary>Raised when the tab is shown again.</summary>
    public event Action? Shown;

    /// <summary>True while the tab is in the background.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Called by the page's script.</summary>
    [JSInvokable]
    public void Changed(bool isHidden)
    {
        IsHidden = isHidden;
        if (!isHidden)
        {
            Shown?.Invoke();
        }
    }
}
