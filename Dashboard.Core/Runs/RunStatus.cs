namespace Crossbench.Runs;

/// <summary>Where a run is in its life.</summary>
public enum RunStatus
{
    /// <summary>Waits for a free device slot.</summary>
    Queued,

    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>Paused on request, with a checkpoint to go on from.</summary>
    Paused,

    /// <summary>All steps were done.</summary>
    Completed,

    /// <summary>Stopped on request.</summary>
    Stopped,

    /// <summary>The loss or a gradient stopped being finite.</summary>
    Diverged,

    /// <summary>A fault ended it; the reason says which.</summary>
    Failed,

    /// <summary>Its worker died or was killed.</summary>
    Interrupted,
}

/// <summary>What a page or a command asks of a running worker.</summary>
public enum RunCommand
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Save a checkpoint and end as paused.</summary>
    Pause,

    /// <summary>Save a checkpoint and end as stopped.</summary>
    Stop,
}

/// <summary>Which changes of status are legal.</summary>
public static class RunTransitions
{
    /// <summary>True when a run may go from one status to the other. Any ended run may be queued again; only some <see cref="CanGoOn"/> from where they are.</summary>
    public static bool IsLegal(RunStatus from, RunStatus to) => from switch
    {
        RunStatus.Queued => to is RunStatus.Running or RunStatus.Stopped or RunStatus.Failed or RunStatus.Interrupted,
        RunStatus.Running => to is not (RunStatus.Running or RunStatus.Queued),
        RunStatus.Paused => to is RunStatus.Queued or RunStatus.Stopped,
        _ => to is RunStatus.Queued,
    };

    /// <summary>True when a run can go on from its latest checkpoint. A completed one has nothing left to do, and a diverged one would meet the same numbers again.</summary>
    public static bool CanGoOn(this RunStatus status) => status is RunStatus.Paused or RunStatus.Stopped or RunStatus.Interrupted or RunStatus.Failed;

    /// <summary>True when no worker has the run and none waits for one.</summary>
    public static bool IsEnded(this RunStatus status) => status is not (RunStatus.Queued or RunStatus.Running);
}
