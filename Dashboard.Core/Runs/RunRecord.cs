using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>What the store knows about one run, as of one moment.</summary>
public sealed record RunRecord
{
    /// <summary>Its id.</summary>
    public required RunId Id { get; init; }

    /// <summary>What it was imported from; empty when it was trained here. An imported run is read-only: there is nothing to go on from.</summary>
    public string Source { get; init; } = "";

    /// <summary>Its specification.</summary>
    public required RunSpec Spec { get; init; }

    /// <summary>SHA-256 (hex) of the canonical specification without name, tags and notes: equal for runs that must give the same numbers.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why it has this status, in a sentence; empty when there is nothing to say.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The suite that it belongs to; null when it was queued by itself.</summary>
    public RunSuite? Suite { get; init; }

    /// <summary>When it was queued.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a worker last began it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Optimiser steps done.</summary>
    public long Step { get; init; }

    /// <summary>Number of scalars in all parameters; known once a worker began.</summary>
    public long? Parameters { get; init; }

    /// <summary>Loss at chance, nats per counted token; known once a worker began.</summary>
    public double? Chance { get; init; }

    /// <summary>Smallest reachable loss, where known.</summary>
    public double? Floor { get; init; }

    /// <summary>Whether the causality probe found that the model sees the future; known once a worker began.</summary>
    public bool? SeesTheFuture { get; init; }

    /// <summary>Latest finite training loss.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Latest finite evaluation loss.</summary>
    public double? EvalLoss { get; init; }

    /// <summary>Lower end of the 95 % interval of <see cref="EvalLoss"/>.</summary>
    public double? EvalLow { get; init; }

    /// <summary>Upper end of the 95 % interval of <see cref="EvalLoss"/>.</summary>
    public double? EvalHigh { get; init; }

    /// <summary>Training tokens per second over all counted steps of its last worker, warm-up excluded; that of the latest step before there are any.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Training time so far in seconds, pauses excluded.</summary>
    public double? Elapsed { get; init; }

    /// <summary>Whether other processes took its cores for a while, so that its timings are not those of the machine alone.</summary>
    public bool BusyMachine { get; init; }

    /// <summary>When the worker last said that it is alive.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    /// <summary>Process id of the worker that has it or last had it.</summary>
    public int? ProcessId { get; init; }

    /// <summary>What was asked of the worker and is not done yet.</summary>
    public RunCommand Command { get; init; }

    /// <summary>Why its worker is being killed; null when it is not.</summary>
    public string? KillReason { get; init; }

    /// <summary>Rank in the queue: higher ones begin first; 0 unless somebody changed it.</summary>
    public int Priority { get; init; }

    /// <summary>When it was archived; null when it is in the list.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>When it was deleted; null when it was not. It is gone for good once the trash is emptied.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Number of edits of name, tags and notes so far; an edit names it, so that nobody overwrites what they have not seen.</summary>
    public long Edition { get; init; }

    /// <summary>Number of changes of any kind so far, heartbeats aside: a record of the same revision says the same.</summary>
    public long Revision { get; init; }

    /// <summary>True when a final evaluation exists whose 95 % interval is not wholly below chance.</summary>
    public bool NotLearned => Status == RunStatus.Completed && EvalHigh is { } high && Chance is { } chance && high >= chance;

    /// <summary>Share of the way from chance to floor that the evaluation loss has gone, where a floor is known.</summary>
    public double? ChanceToFloor => EvalLoss is { } loss && Chance is { } chance && Floor is { } floor && chance > floor ? (chance - loss) / (chance - floor) : null;
}

/// <summary>One line of a run's log.</summary>
/// <param name="Number">Increases within the store.</param>
/// <param name="At">When it happened.</param>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Text">A sentence.</param>
/// <param name="IsWarning">Whether it asks for a look.</param>
public sealed record RunLogEntry(long Number, DateTimeOffset At, long Step, string Text, bool IsWarning);

/// <summary>A saved checkpoint.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="At">When it was saved.</param>
public sealed record CheckpointRecord(long Step, string Folder, long Bytes, DateTimeOffset At);

/// <summary>A start of a worker.</summary>
/// <param name="At">When it began.</param>
/// <param name="Step">Optimiser steps done by then.</param>
/// <param name="Environment">Where it trained.</param>
public sealed record EnvironmentRecord(DateTimeOffset At, long Step, RunEnvironment Environment);

/// <summary>An evaluation without its rows.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Set">Name of the evaluation set.</param>
/// <param name="Loss">Mean loss, nats per counted token.</param>
/// <param name="Low">Lower end of the 95 % interval over sequences.</param>
/// <param name="High">Upper end of the 95 % interval over sequences.</param>
public sealed record EvaluationRecord(long Step, string Set, double Loss, double Low, double High);
