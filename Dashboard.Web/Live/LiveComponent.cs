using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Live;

/// <summary>
/// A component that shows what is in the store now. It owns its subscription: first it subscribes, then it reads, so that no change between the two is
/// lost; each later change makes it read again, but not while its tab is hidden.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private IDisposable? _subscription;
    private Func<CancellationToken, Task>? _reload;
    private bool _isStale;
    private bool _isDisposed;

    [Inject]
    internal IRunChanges Changes { get; set; } = null!;

    [Inject]
    internal PageVisibility Visibility { get; set; } = null!;

    /// <summary>Subscribes to the changes of one run, or of all with null, in place of an earlier subscription, and reads for the first time.</summary>
    protected async Task WatchAsync(RunId? run, Func<CancellationToken, Task> reload)
    {
        _subscription?.Dispose();
        Visibility.Shown -= CatchUp;
        Visibility.Shown += CatchUp;
        _reload = reload;
        _subscription = Changes.Subscribe(run, OnChangedAsync);
        await reload(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the subscription.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _isDisposed = true;
        Visibility.Shown -= CatchUp;
        _subscription?.Dispose();
    }

    private Task OnChangedAsync(CancellationToken cancellation) => InvokeAsync(() => ReadAsync(cancellation));

    private async Task ReadAsync(CancellationToken cancellation)
    {
        if (_isDisposed || _reload is null)
        {
            return;
        }

        _isStale = Visibility.IsHidden;
        if (_isStale)
        {
            return;
        }

        try
        {
            await _reload(cancellation);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _isStale = true;
        }
        catch (Exception error)
        {
            // The edge of a view: the page shows it in place of the content, and the feed goes on for everybody else.
            await DispatchExceptionAsync(error);
        }
    }

    private void CatchUp()
    {
        if (_isStale)
        {
            _ = InvokeAsync(() => ReadAsync(CancellationToken.None));
        }
    }
}
