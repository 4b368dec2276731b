using Crossbench.Runs;
using Crossbench.Web.Live;

namespace Crossbench.Tests.Support;

/// <summary>A change feed that speaks when the test says so.</summary>
internal sealed class ManualRunChanges : IRunChanges
{
    private readonly List<Subscription> _subscriptions = [];

    /// <summary>Number of subscriptions that are open.</summary>
    public int Open => _subscriptions.Count;

    public IDisposable Subscribe(RunId? run, Func<CancellationToken, Task> onChanged)
    {
        var subscription = new Subscription(this, run, onChanged);
        _subscriptions.Add(subscription);
        return subscription;
    }

    /// <summary>Tells everybody who watches this run, or all runs, that it has changed.</summary>
    public async Task ChangeAsync(RunId run)
    {
        foreach (var subscription in _subscriptions.Where(item => item.Run is null || item.Run == run).ToArray())
        {
            await subscription.OnChanged(CancellationToken.None);
        }
    }

    private sealed record Subscription(ManualRunChanges Feed, RunId? Run, Func<CancellationToken, Task> OnChanged) : IDisposable
    {
        public void Dispose() => Feed._subscriptions.Remove(this);
    }
}
