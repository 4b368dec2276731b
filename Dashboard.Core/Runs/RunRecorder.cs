using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>
/// Carries events from the training thread into the store. The training thread never waits: events go into a channel, and one writer takes them out in
/// batches, a transaction each, at most every <see cref="FlushInterval"/> and sooner when many have come. A process that is killed loses at most what came
/// since the last batch.
/// </summary>
public sealed class RunRecorder : ITrainingObserver, IDisposable
{
    /// <summary>Points (and evaluation rows) after which a batch does not wait for its time.</summary>
    private const int LargeBatch = 8192;

    private readonly IRunStore _store;
    private readonly RunId _id;
    private readonly TimeProvider _time;
    private readonly Channel<Item> _events = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _hurry = new(0);
    private readonly Task _writing;
    private int _waiting;
    private volatile ExceptionDispatchInfo? _fault;

    /// <summary>Begins to record a run.</summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The run.</param>
    /// <param name="time">The clock of the batches.</param>
    public RunRecorder(IRunStore store, RunId id, TimeProvider time)
    {
        _store = store;
        _id = id;
        _time = time;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Least time between two batches.</summary>
    public static TimeSpan FlushInterval { get; } = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    /// <exception cref="RunStoreException">An earlier event could not be written; nothing after it is recorded.</exception>
    public void OnEvent(TrainingEvent trainingEvent)
    {
        _fault?.Throw();
        _events.Writer.TryWrite(new Item(trainingEvent, null));
        if (Interlocked.Add(ref _waiting, Weight(trainingEvent)) >= LargeBatch && _hurry.CurrentCount == 0)
        {
            _hurry.Release();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RunStoreException">An event could not be written.</exception>
    public void Flush()
    {
        _fault?.Throw();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_events.Writer.TryWrite(new Item(null, written)))
        {
            _hurry.Release();

            // The writer ends at its first fault and answers nobody after it.
            Task.WhenAny(written.Task, _writing).GetAwaiter().GetResult();
        }

        _fault?.Throw();
    }

    /// <summary>Waits until all events are in the store. No event may follow.</summary>
    /// <exception cref="RunStoreException">An event could not be written.</exception>
    public void Complete()
    {
        if (_events.Writer.TryComplete())
        {
            _hurry.Release();
        }

        _writing.GetAwaiter().GetResult();
        _fault?.Throw();
    }

    /// <summary>Writes what is left. Says nothing of faults: who wants to hear of them calls <see cref="Complete"/> first.</summary>
    public void Dispose()
    {
        if (_events.Writer.TryComplete())
        {
            _hurry.Release();
        }

        _writing.GetAwaiter().GetResult();
        _hurry.Dispose();
    }

    private static int Weight(TrainingEvent trainingEvent) => trainingEvent switch
    {
        Measured measured => measured.Points.Count + measured.Snapshots.Count,
        Evaluated evaluated => evaluated.Sequences.Count,
        _ => 1,
    };

    private async Task WriteAsync()
    {
        try
        {
            while (await _events.Reader.WaitToReadAsync())
            {
                var begun = _time.GetTimestamp();
                WriteBatch();
                await PauseAsync(FlushInterval - _time.GetElapsedTime(begun));
            }
        }
        catch (Exception fault)
        {
            // The training thread meets it at its next event; a run must not go on unrecorded.
            _fault = ExceptionDispatchInfo.Capture(fault);
        }
    }

    private void WriteBatch()
    {
        Interlocked.Exchange(ref _waiting, 0);
        var batch = new List<TrainingEvent>();
        var waiting = new List<TaskCompletionSource>();
        while (_events.Reader.TryRead(out var next))
        {
            if (next.Event is { } trainingEvent)
            {
                batch.Add(trainingEvent);
            }

            if (next.Written is { } written)
            {
                waiting.Add(written);
            }
        }

        _store.Append(_id, batch);
        waiting.ForEach(written => written.SetResult());
    }

    /// <summary>Lets events gather, until the time is over, many have come, or the recording ends.</summary>
    private async Task PauseAsync(TimeSpan time)
    {
        if (time <= TimeSpan.Zero || _events.Reader.Completion.IsCompleted)
        {
            return;
        }

        using var over = new CancellationTokenSource(time, _time);
        await _hurry.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>An event, or somebody who waits for all before.</summary>
    private readonly record struct Item(TrainingEvent? Event, TaskCompletionSource? Written);
}
