using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Crossbench.Web.Components.Layout;

/// <summary>The pages at the bottom of a phone's screen.</summary>
public sealed partial class TabBar : ComponentBase, IDisposable
{
    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose() => Addresses.LocationChanged -= OnLocationChanged;

    /// <inheritdoc/>
    protected override void OnInitialized() => Addresses.LocationChanged += OnLocationChanged;

    private bool IsCurrent(NavigationItem item) => Navigation.IsCurrent(item, Addresses.ToBaseRelativePath(Addresses.Uri));

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);
}
