using Crossbench.Training;
using Microsoft.EntityFrameworkCore;

namespace Crossbench.Runs.Sqlite;

/// <summary>Changes of status, commands, and signs of life.</summary>
public sealed partial class SqliteRunStore
{
    /// <inheritdoc/>
    public bool TryTransition(RunId id, RunStatus from, RunStatus to, string reason)
    {
        if (!RunTransitions.IsLegal(from, to))
        {
            throw new ArgumentException($"A run does not go from {from} to {to}.", nameof(to));
        }

        return _database.Write(context =>
        {
            if (context.Runs.AsTracking().SingleOrDefault(run => run.Id == id.Value && run.Status == from && run.Source == "") is not { } row)
            {
                return false;
            }

            row.Status = to;
            row.Reason = reason;
            row.Command = RunCommand.None;
            row.KillReason = null;
            row.Revision++;
            row.ProcessId = to == RunStatus.Running ? null : row.ProcessId;
            (row.Place, row.ArchivedAt) = to == RunStatus.Queued ? (LastPlace(context), null) : (row.Place, row.ArchivedAt);
            row.StartedAt = to == RunStatus.Running ? Now() : row.StartedAt;
            row.HeartbeatAt = to == RunStatus.Running ? Now() : row.HeartbeatAt;
            row.EndedAt = to.IsEnded() ? Now() : null;
            context.Events.Add(Line(row, reason.Length == 0 ? $"{to}." : $"{to}: {reason}", to is RunStatus.Diverged or RunStatus.Failed or RunStatus.Interrupted));
            context.StatusChanges.Add(Change(row, from));
            context.SaveChanges();
            return true;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<StatusChange> History(RunId id) => _database.Read(context => context.StatusChanges
        .Where(change => context.Runs.Any(run => run.Id == id.Value && run.Number == change.Run))
        .OrderBy(change => change.Number)
        .AsEnumerable()
        .Select(change => new StatusChange(DateTimeOffset.FromUnixTimeMilliseconds(change.At), change.From, change.To, change.Reason, change.Step))
        .ToList());

    /// <inheritdoc/>
    public bool Remark(RunId id, string reason, bool isWarning) => ChangeRunning(id, (row, context) =>
    {
        row.Reason = reason;
        context.Events.Add(Line(row, reason, isWarning));
    });

    /// <inheritdoc/>
    public bool Condemn(RunId id, string reason) => ChangeRunning(id, (row, context) =>
    {
        row.KillReason = reason;
        context.Events.Add(Line(row, $"The worker is being killed: {reason}.", isWarning: true));
    });

    /// <inheritdoc/>
    public bool Request(RunId id, RunCommand command) => _database.Write(context =>
        context.Runs.Where(run => run.Id == id.Value && run.Status == RunStatus.Running)
            .ExecuteUpdate(run => run.SetProperty(row => row.Command, command).SetProperty(row => row.Revision, row => row.Revision + 1)) > 0);

    /// <inheritdoc/>
    public void Heartbeat(RunId id, int processId)
    {
        var now = Now();
        _database.Write(context => context.Runs.Where(run => run.Id == id.Value)
            .ExecuteUpdate(run => run.SetProperty(row => row.HeartbeatAt, now).SetProperty(row => row.ProcessId, processId)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunLogEntry> ReadLog(RunId id, long afterNumber) => _database.Read(context => context.Events
        .Where(line => context.Runs.Any(run => run.Id == id.Value && run.Number == line.Run) && line.Number > afterNumber)
        .OrderBy(line => line.Number)
        .AsEnumerable()
        .Select(line => new RunLogEntry(line.Number, DateTimeOffset.FromUnixTimeMilliseconds(line.At), line.Step, line.Text, line.IsWarning))
        .ToList());

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointRecord> Checkpoints(RunId id) => _database.Read(context => context.Checkpoints
        .Where(checkpoint => context.Runs.Any(run => run.Id == id.Value && run.Number == checkpoint.Run))
        .OrderBy(checkpoint => checkpoint.Step)
        .AsEnumerable()
        .Select(checkpoint => new CheckpointRecord(checkpoint.Step, checkpoint.Folder, checkpoint.Bytes, DateTimeOffset.FromUnixTimeMilliseconds(checkpoint.At)))
        .ToList());

    /// <inheritdoc/>
    public IReadOnlyList<EnvironmentRecord> Environments(RunId id) => _database.Read(context => context.Environments
        .Where(start => context.Runs.Any(run => run.Id == id.Value && run.Number == start.Run))
        .OrderBy(start => start.Number)
        .AsEnumerable()
        .Select(start => new EnvironmentRecord(
            DateTimeOffset.FromUnixTimeMilliseconds(start.At),
            start.Step,
            new RunEnvironment(start.Processor, start.Cores, start.MemoryBytes, start.Device, start.Threads, start.Backend, start.Build, start.Version, start.System, start.Runtime)))
        .ToList());

    /// <inheritdoc/>
    public bool TryLease(RunId id, string device, int slots, Func<RunId, bool> isAlive) => _database.Write(context =>
    {
        var number = context.Runs.Where(run => run.Id == id.Value).Select(run => (long?)run.Number).SingleOrDefault()
            ?? throw new ArgumentException($"There is no run {id}.", nameof(id));
        var held = context.Leases.IgnoreQueryFilters().AsTracking().Where(lease => lease.Device == device || lease.Run == number)
            .Join(context.Runs, lease => lease.Run, run => run.Number, (lease, run) => new { Lease = lease, Holder = run.Id })
            .ToList();
        if (held.Any(other => other.Lease.Run == number && other.Lease.Device == device))
        {
            return true;
        }

        var dead = held.Where(other => other.Lease.Run == number || !isAlive(new RunId(other.Holder))).Select(other => other.Lease).ToList();
        var taken = held.Select(other => other.Lease).Except(dead).Select(lease => lease.Slot).ToHashSet();
        var free = Enumerable.Range(0, slots).Where(slot => !taken.Contains(slot)).ToList();
        if (free.Count == 0 || taken.Count >= slots)
        {
            return false;
        }

        context.Leases.RemoveRange(dead);
        context.SaveChanges();
        context.Leases.Add(new LeaseRow { Device = device, Slot = free[0], Run = number, At = Now() });
        context.SaveChanges();
        return true;
    });

    private bool ChangeRunning(RunId id, Action<RunRow, StoreContext> change) => _database.Write(context =>
    {
        if (context.Runs.AsTracking().SingleOrDefault(run => run.Id == id.Value && run.Status == RunStatus.Running) is not { } row)
        {
            return false;
        }

        row.Revision++;
        change(row, context);
        context.SaveChanges();
        return true;
    });

    /// <inheritdoc/>
    public void ReleaseLease(RunId id) => _database.Write(context =>
        context.Leases.IgnoreQueryFilters().Where(lease => context.Runs.Any(run => run.Id == id.Value && run.Number == lease.Run)).ExecuteDelete());
}
