using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Training;

namespace Crossbench.Tests.Support;

/// <summary>A run store in lists, for components; what it must hold is put in by hand.</summary>
internal sealed class InMemoryRunStore(TimeProvider? time = null) : IRunStore
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<RunId, RunRecord> _runs = [];
    private readonly Dictionary<(RunId, string), List<MetricPoint>> _points = [];
    private readonly List<(RunId Id, EvaluationRecord Evaluation)> _evaluations = [];
    private readonly List<(RunId Id, MetricSnapshot Snapshot)> _snapshots = [];
    private readonly List<(RunId Id, RunLogEntry Entry)> _log = [];
    private readonly List<(RunId Id, CheckpointRecord Checkpoint)> _checkpoints = [];

    /// <summary>Every read of a series, as (metric, after), to see that nothing is fetched twice.</summary>
    public List<(string Metric, long After, int Count)> SeriesReads { get; } = [];

    public RunRecord Create(RunSpec spec) => Create(spec, RunId.New(_time));

    public RunRecord Create(RunSpec spec, RunId id) =>
        Put(new RunRecord { Id = id, Spec = spec, SpecHash = "", Status = RunStatus.Queued, CreatedAt = _time.GetUtcNow() });

    public RunRecord Put(RunRecord run) => _runs[run.Id] = run;

    public RunId? TryImport(ImportedRun run) => throw new NotSupportedException("Put runs in with Put.");

    public void Measure(RunId id, string metric, long step, double value)
    {
        if (!_points.TryGetValue((id, metric), out var points))
        {
            _points[(id, metric)] = points = [];
        }

        points.Add(new MetricPoint(metric, step, value));
    }

    public void Snap(RunId id, string metric, long step, params float[] values) => _snapshots.Add((id, new MetricSnapshot(metric, step, values)));

    public void Evaluate(RunId id, EvaluationRecord evaluation) => _evaluations.Add((id, evaluation));

    public void Note(RunId id, long step, string text, bool isWarning = false) =>
        _log.Add((id, new RunLogEntry(_log.Count + 1, _time.GetUtcNow(), step, text, isWarning)));

    public void SaveCheckpoint(RunId id, CheckpointRecord checkpoint) => _checkpoints.Add((id, checkpoint));

    public RunRecord? Find(RunId id) => _runs.GetValueOrDefault(id) is { DeletedAt: null } run ? run : null;

    public IReadOnlyList<RunRecord> FindAll(IReadOnlyCollection<RunId> ids) => [.. ids.Select(Find).OfType<RunRecord>()];

    public IReadOnlyList<RunScores> ReadScores(IReadOnlyList<RunRecord> runs, string set) =>
        [.. runs.Select(run => new RunScores([.. ReadEvaluations(run.Id, -1).Where(item => item.Step <= run.Step)], [], []))];

    public RunPage Query(RunQuery query)
    {
        var isDeleted = query.Filter?.Mentions(RunMark.Deleted) == true;
        var runs = _runs.Values
            .Where(run => isDeleted || run.DeletedAt is null)
            .Where(run => query.Filter is null || SlowFilter.Matches(query.Filter, run, _time.GetUtcNow()))
            .Where(run => (isDeleted && run.DeletedAt is not null) || query.Filter?.Mentions(RunMark.Archived) == true || query.Archived is not { } archived || run.ArchivedAt is not null == archived)
            .Where(run => query.Statuses.Count == 0 || query.Statuses.Contains(run.Status))
            .OrderByDescending(run => run.CreatedAt);
        var sorted = query.Order switch
        {
            RunOrder.Name => runs.OrderBy(run => run.Spec.Name, StringComparer.Ordinal).ToList(),
            RunOrder.EvalLoss => runs.OrderBy(run => run.EvalLoss ?? double.MaxValue).ToList(),
            RunOrder.Status => runs.OrderBy(run => run.Status.IsEnded() ? 2 : run.Status == RunStatus.Queued ? 1 : 0).ToList(),
            RunOrder.Turn => runs.Reverse().OrderByDescending(run => run.Priority).ToList(),
            _ => runs.ToList(),
        };
        if (query.Grouping != RunGrouping.None)
        {
            sorted = [.. sorted.Where(run => !query.Collapsed.Contains(KeyOf(run, query.Grouping))).OrderBy(run => KeyOf(run, query.Grouping), StringComparer.Ordinal)];
        }

        if (query.Descending)
        {
            sorted.Reverse();
        }

        return new RunPage([.. sorted.Skip(query.Offset).Take(query.Limit)], sorted.Count);
    }

    public IReadOnlyList<RunId> Ids(RunQuery query) => [.. Query(query with { Offset = 0, Limit = int.MaxValue }).Runs.Select(run => run.Id)];

    public IReadOnlyList<RunGroup> Groups(RunQuery query) => [.. Query(query with { Offset = 0, Limit = int.MaxValue, Collapsed = [] }).Runs
        .GroupBy(run => KeyOf(run, query.Grouping))
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new RunGroup(group.Key, group.Key, group.CountBy(run => run.Status).ToDictionary(), 0, 0, 0))];

    public IReadOnlyList<string> KnownValues(RunText field) => field == RunText.Tag ? [.. _runs.Values.SelectMany(run => run.Spec.Tags).Distinct().Order()] : [];

    public bool Purge(RunId id, DateTimeOffset deletedBy) => _runs.GetValueOrDefault(id) is { DeletedAt: { } at } && at <= deletedBy && _runs.Remove(id);

    public IReadOnlyList<RunId> Trash(IReadOnlyCollection<RunId> ids, bool deleted) =>
        [.. ids.Where(id => _runs.GetValueOrDefault(id) is { } run && run.Status.IsEnded() && run.DeletedAt is null == deleted && Put(run with { DeletedAt = deleted ? _time.GetUtcNow() : null }) is not null)];

    private static string KeyOf(RunRecord run, RunGrouping grouping) => grouping switch
    {
        RunGrouping.None => "",
        RunGrouping.Architecture => run.Spec.Architecture.Id,
        RunGrouping.Dataset => run.Spec.Dataset.Id,
        RunGrouping.Status => run.Status.ToString(),
        RunGrouping.Tags => string.Join('\n', run.Spec.Tags),
        RunGrouping.Suite => run.Suite?.Id ?? "",
        _ => RunSpecJson.Family(run.Spec),
    };

    public IReadOnlyList<RunRecord> FindNamed(string text, int limit) =>
        [.. _runs.Values.Where(run => run.Id.Value.StartsWith(text, StringComparison.Ordinal) || run.Spec.Name == text).Take(limit)];

    public IReadOnlyList<StatusChange> History(RunId id) => [];

    public bool SetPriority(RunId id, int priority) => Change(id, run => run with { Priority = priority });

    public bool Move(RunId id, bool toFront) => throw new NotSupportedException("No queue runs here.");

    /// <summary>What keeps edits from being written, such as a full disk.</summary>
    public RunStoreException? Fault { get; set; }

    public RunEdit Edit(RunId id, long edition, RunLabels labels) => Fault is { } fault ? throw fault : Find(id) is not { } run || run.Edition != edition
        ? new RunEdit(false, Find(id))
        : new RunEdit(true, Put(run with { Edition = edition + 1, Spec = run.Spec with { Name = labels.Name, Tags = labels.Tags, Notes = labels.Notes } }));

    public bool Archive(RunId id, bool archived) => Find(id) is { } run && run.Status.IsEnded() && run.ArchivedAt is null == archived && Change(id, run => run with { ArchivedAt = archived ? _time.GetUtcNow() : null });

    public RunSize SizeOf(RunId id) => new(0, 0, 0);

    public bool Remark(RunId id, string reason, bool isWarning) => Change(id, run => run with { Reason = reason });

    public bool Condemn(RunId id, string reason) => Change(id, run => run with { KillReason = reason });

    public IReadOnlyDictionary<RunStatus, int> Tally() => _runs.Values.Where(run => run.ArchivedAt is null).CountBy(run => run.Status).ToDictionary();

    public RunRecord? NextQueued(IReadOnlyCollection<string> busyDevices, IReadOnlyCollection<RunId> except) => throw new NotSupportedException("No queue runs here.");

    public bool TryTransition(RunId id, RunStatus from, RunStatus to, string reason)
    {
        if (Find(id) is not { } run || run.Status != from)
        {
            return false;
        }

        Put(run with { Status = to, Reason = reason, Command = RunCommand.None });
        Note(id, run.Step, reason);
        return true;
    }

    public bool Request(RunId id, RunCommand command)
    {
        if (Find(id) is not { Status: RunStatus.Running } run)
        {
            return false;
        }

        Put(run with { Command = command });
        return true;
    }

    public void Heartbeat(RunId id, int processId) => Put(Find(id)! with { ProcessId = processId, HeartbeatAt = _time.GetUtcNow() });

    public void Append(RunId id, IReadOnlyList<TrainingEvent> events) => throw new NotSupportedException("Put points in with Measure.");

    public void TruncateAfter(RunId id, long step) => throw new NotSupportedException("No worker goes on from a checkpoint here.");

    public IReadOnlyList<string> Metrics(RunId id) => [.. _points.Keys.Where(key => key.Item1 == id).Select(key => key.Item2)];

    public MetricSeries ReadSeries(RunId id, string metric, long afterStep)
    {
        var points = _points.GetValueOrDefault((id, metric), []).Where(point => point.Step > afterStep).ToArray();
        SeriesReads.Add((metric, afterStep, points.Length));
        return new MetricSeries([.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)]);
    }

    public void ReadColumns(string metric, IReadOnlyList<(RunId Id, SeriesColumns Columns)> parts)
    {
        foreach (var (id, columns) in parts)
        {
            var series = ReadSeries(id, metric, -1);
            columns.Append(series.Steps, series.Values);
        }
    }

    public IReadOnlyList<MetricSnapshot> ReadSnapshots(RunId id, string metric, long afterStep) =>
        [.. _snapshots.Where(pair => pair.Id == id && pair.Snapshot.Metric == metric && pair.Snapshot.Step > afterStep).Select(pair => pair.Snapshot)];

    public MetricSnapshot? ReadLatestSnapshot(RunId id, string metric) => _snapshots.LastOrDefault(pair => pair.Id == id && pair.Snapshot.Metric == metric).Snapshot;

    public IReadOnlyList<EvaluationRecord> ReadEvaluations(RunId id, long afterStep) =>
        [.. _evaluations.Where(pair => pair.Id == id && pair.Evaluation.Step > afterStep).Select(pair => pair.Evaluation)];

    public IReadOnlyList<SequenceLoss> ReadSequences(RunId id, string set, long step) => [];

    public IReadOnlyList<RunLogEntry> ReadLog(RunId id, long afterNumber) =>
        [.. _log.Where(pair => pair.Id == id && pair.Entry.Number > afterNumber).Select(pair => pair.Entry)];

    public IReadOnlyList<CheckpointRecord> Checkpoints(RunId id) => [.. _checkpoints.Where(pair => pair.Id == id).Select(pair => pair.Checkpoint)];

    public IReadOnlyList<EnvironmentRecord> Environments(RunId id) => [];

    public bool Delete(RunId id) => _runs.GetValueOrDefault(id) is { } run && run.Status.IsEnded() && _runs.Remove(id);

    public bool TryLease(RunId id, string device, int slots, Func<RunId, bool> isAlive) => true;

    public void ReleaseLease(RunId id)
    {
    }

    private bool Change(RunId id, Func<RunRecord, RunRecord> change)
    {
        if (Find(id) is not { } run)
        {
            return false;
        }

        Put(change(run));
        return true;
    }
}
