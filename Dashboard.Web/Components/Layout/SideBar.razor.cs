using Crossbench.Datasets;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Crossbench.Web.Components.Layout;

/// <summary>The pages, and what this machine is doing.</summary>
public sealed partial class SideBar : Live.LiveComponent
{
    private const int ShownRuns = 6;
    private IReadOnlyList<RunRecord> _work = [];
    private int _running;
    private int _queued;
    private long? _storeBytes;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        Addresses.LocationChanged += OnLocationChanged;
        return WatchAsync(null, ReadAsync);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Addresses.LocationChanged -= OnLocationChanged;
        base.Dispose(disposing);
    }

    private bool IsCurrent(NavigationItem item) => Navigation.IsCurrent(item, Addresses.ToBaseRelativePath(Addresses.Uri));

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);

    private Task ReadAsync(CancellationToken cancellation)
    {
        var tally = Store.Tally();
        _running = tally.GetValueOrDefault(RunStatus.Running);
        _queued = tally.GetValueOrDefault(RunStatus.Queued);
        _work = _running == 0 ? [] : Store.Query(new RunQuery { Statuses = [RunStatus.Running], Limit = ShownRuns }).Runs;
        var file = new FileInfo(Folder.StoreFile);
        _storeBytes = file.Exists ? file.Length : null;
        return Task.CompletedTask;
    }
}
