using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Runs.Sqlite;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>The command <c>worker</c>: trains one queued run and ends.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="slots">Slots of the devices.</param>
/// <param name="train">The trainer.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Gets what people may want to read; the queue's log file for this worker.</param>
public sealed class WorkerMain(DataFolder folder, DeviceSlots slots, TrainRun train, TimeProvider time, TextWriter log)
{
    /// <summary>Exit code of a worker whose run stays queued: another took its slot or its lock.</summary>
    public const int NotMyTurn = 75;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    /// <summary>Trains the run.</summary>
    /// <returns>The exit code: that of the end, or <see cref="NotMyTurn"/>.</returns>
    /// <exception cref="SpecException">The store cannot be used, or there is no such run.</exception>
    public int Run(RunId id)
    {
        using var store = SqliteRunStore.Open(folder, time);
        using var held = RunLock.Take(folder, id, LockPatience, time);
        if (held is null)
        {
            return Leave($"Another process has run {id}.");
        }

        var run = store.Find(id) ?? throw new SpecException(new SpecProblem("", $"There is no run {id} in {store.File}.", "It was deleted, or --data names another folder."));
        var device = ComputeDevice.Canonical(run.Spec.Training.Device);
        if (!store.TryLease(id, device, slots.Of(device), other => RunLock.IsClaimed(folder, other)))
        {
            return Leave($"No slot of {device} is free; run {id} stays queued.");
        }

        try
        {
            using var reserve = SpaceReserve.Hold(folder, id);
            var end = new RunHost(store, time, log, reserve).Run(run, new TrainingControl(), train);
            log.WriteLine($"{end.Status}. {end.Reason}");
            return end.ExitCode;
        }
        finally
        {
            store.ReleaseLease(id);
        }
    }

    private int Leave(string reason)
    {
        log.WriteLine(reason);
        return NotMyTurn;
    }
}
