using Crossbench.Runs;
using Microsoft.Extensions.Logging;

namespace Crossbench.Launching;

/// <summary>Looks after workers and running runs: those that ended without a word, that go on though they were asked to end, that are silent.</summary>
public sealed partial class RunQueue
{
    private void LookAfter(StartedWorker worker)
    {
        if (worker.Process.ExitCode is { } code)
        {
            _workers.Remove(worker.Id);
            worker.Dispose();
            Settle(worker, code);
            return;
        }

        if (!worker.HasBegun && RunLock.IsHeld(_folder, worker.Id))
        {
            worker.Begin();
        }

        if (!worker.HasBegun && _time.GetElapsedTime(worker.StartedAt) > StartDeadline)
        {
            worker.Process.Kill();
            _store.TryTransition(worker.Id, RunStatus.Queued, RunStatus.Failed, $"The worker did not begin within {StartDeadline.TotalSeconds:0} s. {WorkerEnd.LastWords(_folder, worker.Id)}");
        }
    }

    private void LookAfterRunning()
    {
        var running = _store.Query(new RunQuery { Statuses = [RunStatus.Running], Archived = null, Limit = int.MaxValue }).Runs;
        _watch.Begin(running);
        foreach (var run in running)
        {
            var watched = _watch.Look(run);
            if (_workers.ContainsKey(run.Id) || HasWorker(run))
            {
                Listen(run, watched);
                End(run, watched);
            }
        }
    }

    /// <summary>One of our workers has ended: whatever it left undone is done here.</summary>
    private void Settle(StartedWorker worker, int code)
    {
        var id = worker.Id;
        _logger.LogInformation("The worker of run {Run} ended with exit code {Code}.", id, code);
        using var free = RunLock.TryTake(_folder, id);
        if (free is null)
        {
            return;
        }

        var run = _store.Find(id);
        if (run is { Status: RunStatus.Running })
        {
            Lost(run, code);
        }
        else if (run is { Status: RunStatus.Queued } && code != WorkerMain.NotMyTurn && !worker.HasBegun && !RunEnd.IsEnd(code))
        {
            // A worker that had its turn leaves the run queued only when somebody resumed it before the process was gone.
            _store.TryTransition(id, RunStatus.Queued, WorkerEnd.IsKilled(code) ? RunStatus.Interrupted : RunStatus.Failed, WorkerEnd.BeforeItBegan(_folder, id, code));
        }

        // Also of a run that was stopped and deleted while its worker started.
        _store.ReleaseLease(id);
    }

    /// <summary>Whether another process trains a running run; without one it has lost its worker.</summary>
    private bool HasWorker(RunRecord run)
    {
        using var free = RunLock.TryTake(_folder, run.Id);
        if (free is not null)
        {
            _adopted.Remove(run.Id);
            Lost(run, null);
            _store.ReleaseLease(run.Id);
            return false;
        }

        if (_adopted.Add(run.Id))
        {
            _logger.LogInformation("Run {Run} has a living worker (process {Process}) that this process did not start.", run.Id, run.ProcessId);
        }

        return true;
    }

    /// <summary>Says once that a living worker gives no sign of life, and once that it does again.</summary>
    private void Listen(RunRecord run, WorkerWatch.Watched watched)
    {
        var isSilent = _watch.IsSilent(watched);
        if (isSilent == watched.IsTold)
        {
            return;
        }

        // A worker that hangs in the middle of writing keeps the store from everybody, so the log comes first.
        watched.IsTold = isSilent;
        var text = isSilent
            ? $"The {LivingWorker.Name(run)} has given no sign of life for more than {_watch.SilenceLimit.TotalSeconds:0} s; it may hang. Stop it at once with: stop {run.Id} --now"
            : "The worker gives signs of life again.";
        _logger.Log(isSilent ? LogLevel.Warning : LogLevel.Information, "Run {Run}: {Text}", run.Id, text);
        Write(() => _store.Remark(run.Id, text, isSilent));
    }

    /// <summary>Kills a worker that goes on long after it was asked to end, or that somebody wanted killed and could not kill.</summary>
    private void End(RunRecord run, WorkerWatch.Watched watched)
    {
        var reason = run.KillReason;
        if (reason is null && _watch.IsOverdue(run, watched))
        {
            reason = $"it went on for {_watch.EndOf(run).TotalSeconds:0} s after it was asked to {(run.Command == RunCommand.Stop ? "stop" : "pause")}";
            _logger.LogWarning("The worker of run {Run} is killed: {Reason}.", run.Id, reason);
            Write(() => _store.Condemn(run.Id, reason));
        }

        if (reason is null)
        {
            return;
        }

        if (_workers.TryGetValue(run.Id, out var worker))
        {
            worker.Process.Kill();
            return;
        }

        try
        {
            LivingWorker.Kill(_folder, run);
        }
        catch (SpecException denied)
        {
            Tell(denied);
        }
    }

    private void Lost(RunRecord run, int? code)
    {
        var (status, reason) = WorkerEnd.Settle(_folder, run, code);
        if (_store.TryTransition(run.Id, RunStatus.Running, status, reason))
        {
            _logger.LogWarning("Run {Run} lost its worker: {Status}. {Reason}", run.Id, status, reason);
        }
    }

    /// <summary>Writes what is good to know but must not keep the queue from its work.</summary>
    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (RunStoreException fault)
        {
            Tell(fault);
        }
    }
}
