namespace Crossbench.Runs.Sqlite;

/// <summary>Table <c>run</c>. Times here and below are Unix milliseconds, UTC.</summary>
internal sealed class RunRow
{
    public long Number { get; set; }

    public required string Id { get; set; }

    public long Revision { get; set; }

    public required string Name { get; set; }

    public required string Architecture { get; set; }

    public required string Dataset { get; set; }

    public required string Device { get; set; }

    public required string Search { get; set; }

    public required string SpecHash { get; set; }

    public RunStatus Status { get; set; }

    public int Rank { get; private set; }

    public string Reason { get; set; } = "";

    public RunCommand Command { get; set; }

    public long CreatedAt { get; set; }

    public long? StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public long? HeartbeatAt { get; set; }

    public int? ProcessId { get; set; }

    public long Step { get; set; }

    public long? Parameters { get; set; }

    public double? Chance { get; set; }

    public double? Floor { get; set; }

    public bool? SeesTheFuture { get; set; }

    public double? TrainLoss { get; set; }

    public double? EvalLoss { get; set; }

    public double? EvalLow { get; set; }

    public double? EvalHigh { get; set; }

    public double? TokensPerSecond { get; set; }

    public double? Elapsed { get; set; }

    public bool BusyMachine { get; set; }

    public long? Suite { get; set; }

    public int? SuiteIndex { get; set; }

    public string Source { get; set; } = "";

    public int Priority { get; set; }

    public long Place { get; set; }

    public long? ArchivedAt { get; set; }

    public string Tags { get; set; } = "";

    public long Edition { get; set; }

    public string? KillReason { get; set; }

    public long Seed { get; set; }

    public int Steps { get; set; }

    public double LearningRate { get; set; }

    public int Width { get; set; }

    public int Layers { get; set; }

    public int BatchSize { get; set; }

    public int ContextLength { get; set; }

    public string Family { get; set; } = "";

    public long? DeletedAt { get; set; }

    public double? Gap { get; private set; }

    public double? Progress { get; private set; }

    public long Since { get; private set; }
}

/// <summary>Table <c>status_change</c>.</summary>
internal sealed class StatusChangeRow
{
    public long Number { get; set; }

    public long Run { get; set; }

    public long At { get; set; }

    public RunStatus? From { get; set; }

    public RunStatus To { get; set; }

    public required string Reason { get; set; }

    public long Step { get; set; }
}

/// <summary>Table <c>suite</c>.</summary>
internal sealed class SuiteRow
{
    public long Number { get; set; }

    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string File { get; set; }

    public required string Source { get; set; }

    public bool IsCompatible { get; set; }

    public long CreatedAt { get; set; }
}

/// <summary>Table <c>configuration</c>.</summary>
internal sealed class ConfigurationRow
{
    public long Run { get; set; }

    public required string Json { get; set; }
}

/// <summary>Table <c>event</c>.</summary>
internal sealed class EventRow
{
    public long Number { get; set; }

    public long Run { get; set; }

    public long At { get; set; }

    public long Step { get; set; }

    public required string Text { get; set; }

    public bool IsWarning { get; set; }
}

/// <summary>Table <c>checkpoint</c>.</summary>
internal sealed class CheckpointRow
{
    public long Run { get; set; }

    public long Step { get; set; }

    public required string Folder { get; set; }

    public long Bytes { get; set; }

    public long At { get; set; }
}

/// <summary>Table <c>environment</c>.</summary>
internal sealed class EnvironmentRow
{
    public long Number { get; set; }

    public long Run { get; set; }

    public long At { get; set; }

    public long Step { get; set; }

    public required string Processor { get; set; }

    public int Cores { get; set; }

    public long MemoryBytes { get; set; }

    public required string Device { get; set; }

    public int Threads { get; set; }

    public required string Backend { get; set; }

    public required string Build { get; set; }

    public required string Version { get; set; }

    public required string System { get; set; }

    public required string Runtime { get; set; }
}

/// <summary>Table <c>lease</c>.</summary>
internal sealed class LeaseRow
{
    public required string Device { get; set; }

    public int Slot { get; set; }

    public long Run { get; set; }

    public long At { get; set; }
}
