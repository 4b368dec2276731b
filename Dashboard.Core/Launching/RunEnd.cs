using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Launching;

/// <summary>How the training of a run ended, as the store has it.</summary>
/// <param name="Id">The run.</param>
/// <param name="Status">Its status from now on.</param>
/// <param name="Reason">Why, in a sentence; empty when all went as asked.</param>
/// <param name="Outcome">What the trainer returned; null after a fault or when training never began.</param>
/// <param name="Fault">The fault that ended it, if one did.</param>
public sealed record RunEnd(RunId Id, RunStatus Status, string Reason, RunOutcome? Outcome, Exception? Fault)
{
    /// <summary>Exit code of a command: 0 completed, 1 fault, 2 bad input, 3 diverged, 4 stopped or paused.</summary>
    public int ExitCode => Status switch
    {
        RunStatus.Completed => 0,
        RunStatus.Diverged => 3,
        RunStatus.Stopped or RunStatus.Paused => 4,
        _ => Fault is SpecException ? 2 : 1,
    };

    /// <summary>Whether a worker with this exit code had its turn: the run was trained to one of its ends.</summary>
    internal static bool IsEnd(int exitCode) => exitCode is 0 or 3 or 4;
}

/// <summary>Trains a run on the calling thread: the trainer, as workers and commands know it.</summary>
/// <param name="run">The run.</param>
/// <param name="observer">Told what happens.</param>
/// <param name="control">Carries requests to pause or stop.</param>
public delegate RunOutcome TrainRun(RunRecord run, ITrainingObserver observer, TrainingControl control);
