using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Crossbench.Runs;

/// <summary>One subscriber of the change feed: keeps its pace, and a change that comes too early for it is told later.</summary>
internal sealed class RunSubscription : IDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _end = new();
    private readonly Func<CancellationToken, Task> _onChanged;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<RunSubscription> _removed;
    private long? _revision;

    public RunSubscription(RunId? run, Func<CancellationToken, Task> onChanged, TimeSpan interval, TimeProvider time, ILogger logger, Action<RunSubscription> removed)
    {
        Run = run;
        _onChanged = onChanged;
        _interval = interval;
        _time = time;
        _logger = logger;
        _removed = removed;
        var token = _end.Token;
        _ = Task.Run(() => CallAsync(token), token);
    }

    /// <summary>The run of interest; null for all.</summary>
    public RunId? Run { get; }

    /// <summary>True when the run has another revision than at the last look; for the thread of the feed alone.</summary>
    public bool Sees(long revision)
    {
        var changed = revision != _revision;
        _revision = revision;
        return changed;
    }

    /// <summary>Notes a change; returns at once.</summary>
    public void Tell() => _changes.Writer.TryWrite(true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _removed(this);
        _end.Cancel();
        _changes.Writer.TryComplete();
    }

    private async Task CallAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var _ in _changes.Reader.ReadAllAsync(cancellation))
            {
                var begun = _time.GetTimestamp();
                await CallOnceAsync(cancellation);
                var rest = _interval - _time.GetElapsedTime(begun);
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, _time, cancellation);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The subscription has ended.
        }
    }

    private async Task CallOnceAsync(CancellationToken cancellation)
    {
        try
        {
            await _onChanged(cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            _logger.LogError(fault, "A subscriber to changes of runs failed.");
        }
    }
}
