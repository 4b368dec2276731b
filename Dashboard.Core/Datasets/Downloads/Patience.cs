using System.Globalization;

namespace Crossbench.Datasets.Downloads;

/// <summary>Waits for the network on the caller's thread, and asks again and again whether to go on.</summary>
/// <param name="limits">When to give up.</param>
/// <param name="time">The clock.</param>
internal sealed class Patience(DownloadLimits limits, TimeProvider time)
{
    /// <summary>Waits for something, as long as bytes may take.</summary>
    /// <param name="start">Starts it.</param>
    /// <param name="ask">Asks whether to go on; to give up, it throws.</param>
    /// <exception cref="DownloadFault">It took too long.</exception>
    public T For<T>(Func<CancellationToken, Task<T>> start, Action ask)
    {
        using var cancel = new CancellationTokenSource();
        var (task, began) = (start(cancel.Token), time.GetTimestamp());
        try
        {
            while (!task.IsCompleted && !((IAsyncResult)task).AsyncWaitHandle.WaitOne(limits.Tick))
            {
                ask();
                if (time.GetElapsedTime(began) >= limits.Stall)
                {
                    throw new DownloadFault(string.Create(CultureInfo.InvariantCulture, $"not a byte arrived for {limits.Stall.TotalSeconds:0.#} s"), DownloadFaultKind.Passing);
                }
            }
        }
        catch
        {
            cancel.Cancel();
            throw;
        }

        return task.GetAwaiter().GetResult();
    }

    /// <summary>Lets some time pass.</summary>
    public void Pause(TimeSpan wait, Action ask)
    {
        using var clock = new ManualResetEventSlim();
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < wait;)
        {
            ask();
            clock.Wait(limits.Tick);
        }
    }
}
