using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>
/// The command <c>train</c>: trains a new run in this very process, beside what a queue may do. It waits for a free slot like any other run.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="folder">The data folder.</param>
/// <param name="slots">Slots of the devices.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets what people may want to read: standard error.</param>
public sealed class ForegroundRun(IRunStore store, DataFolder folder, DeviceSlots slots, TimeProvider time, TextWriter log)
{
    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Creates the run and trains it on the calling thread.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="control">Requests from this process, such as Ctrl-C.</param>
    /// <param name="train">The trainer.</param>
    /// <param name="beside">A second observer, such as a progress bar.</param>
    /// <exception cref="SpecException">The specification has problems; no run was created.</exception>
    /// <exception cref="RunStoreException">The end could not be written.</exception>
    public RunEnd Run(RunSpec spec, TrainingControl control, TrainRun train, ITrainingObserver? beside = null)
    {
        if (SpecValidator.Validate(spec) is { Count: > 0 } problems)
        {
            throw new SpecException(problems);
        }

        // The lock comes before the row, so that a queue which sees the row leaves it alone.
        var id = RunId.New(time);
        using var held = RunLock.TryTake(folder, id) ?? throw new InvalidOperationException($"The lock of the new run {id} is taken already.");
        var run = RunFork.Create(store, folder, spec, id);
        if (!WaitForSlot(id, ComputeDevice.Canonical(spec.Training.Device), control))
        {
            const string Reason = "Stopped before it began.";
            store.TryTransition(id, RunStatus.Queued, RunStatus.Stopped, Reason);
            return new RunEnd(id, RunStatus.Stopped, Reason, null, null);
        }

        try
        {
            using var reserve = SpaceReserve.Hold(folder, id);
            return new RunHost(store, time, log, reserve).Run(run, control, train, beside);
        }
        finally
        {
            store.ReleaseLease(id);
        }
    }

    /// <summary>Waits until the device takes the run. False when the run was stopped first, here or by another process.</summary>
    private bool WaitForSlot(RunId id, string device, TrainingControl control)
    {
        using var timer = new PeriodicTimer(WaitInterval, time);
        var told = false;
        while (!store.TryLease(id, device, slots.Of(device), other => RunLock.IsClaimed(folder, other)))
        {
            if (!told)
            {
                log.WriteLine($"Run {id} waits: {device} is busy with another run.");
                told = true;
            }

            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
            if (control.Request != TrainingRequest.None || store.Find(id)?.Status != RunStatus.Queued)
            {
                return false;
            }
        }

        return true;
    }
}
