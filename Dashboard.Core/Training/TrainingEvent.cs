using Crossbench.Datasets;
using Crossbench.Metrics;

namespace Crossbench.Training;

/// <summary>Something that happened while training: a closed set of records, in the order they happened.</summary>
/// <param name="Step">Optimiser steps done.</param>
public abstract record TrainingEvent(long Step);

/// <summary>Training begins, or goes on from a checkpoint.</summary>
/// <param name="Step">Optimiser steps done already: 0, or the checkpoint's.</param>
/// <param name="Steps">Optimiser steps to do in all.</param>
/// <param name="Parameters">Number of scalars in all parameters.</param>
/// <param name="Vocabulary">Number of token ids, V.</param>
/// <param name="Chance">Loss at chance, nats per counted token.</param>
/// <param name="Floor">Smallest reachable loss, where known.</param>
/// <param name="SeesTheFuture">Whether the causality probe found that later tokens move earlier logits.</param>
/// <param name="Environment">Device, threads and libraries, in words.</param>
public sealed record Started(long Step, long Steps, long Parameters, int Vocabulary, double Chance, double? Floor, bool SeesTheFuture, string Environment)
    : TrainingEvent(Step)
{
    /// <summary>The same and more, for the record.</summary>
    public RunEnvironment? Machine { get; init; }
}

/// <summary>Numbers of one logged step.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Tokens">Tokens trained on so far.</param>
/// <param name="Points">The numbers, one each metric.</param>
public sealed record Measured(long Step, long Tokens, IReadOnlyList<MetricPoint> Points) : TrainingEvent(Step)
{
    /// <summary>Measurements that are not one number.</summary>
    public IReadOnlyList<MetricSnapshot> Snapshots { get; init; } = [];
}

/// <summary>Loss of one evaluation sequence, over one class of tokens.</summary>
/// <param name="Sequence">Row in the evaluation set.</param>
/// <param name="Class">Class of the scored tokens; <see cref="TokenClass.Plain"/> with all of them when the dataset knows no classes.</param>
/// <param name="Loss">Mean loss over these tokens, nats.</param>
/// <param name="Tokens">Number of these tokens.</param>
public readonly record struct SequenceLoss(int Sequence, TokenClass Class, double Loss, int Tokens);

/// <summary>The evaluation set was scored.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Set">Name of the set; <c>held-out</c> for the run's own.</param>
/// <param name="Loss">Mean loss over all counted tokens, nats.</param>
/// <param name="Low">Lower end of the 95 % interval over sequences.</param>
/// <param name="High">Upper end of the 95 % interval over sequences.</param>
/// <param name="Sequences">A row for each sequence and token class.</param>
public sealed record Evaluated(long Step, string Set, double Loss, double Low, double High, IReadOnlyList<SequenceLoss> Sequences) : TrainingEvent(Step)
{
    /// <summary>Name of the set of a run's own held-out sequences.</summary>
    public const string OwnSet = "held-out";

    /// <summary>Further numbers of the evaluation: by token class, and what the architecture reports.</summary>
    public IReadOnlyList<MetricPoint> Points { get; init; } = [];

    /// <summary>Measurements of the evaluation that are not one number.</summary>
    public IReadOnlyList<MetricSnapshot> Snapshots { get; init; } = [];
}

/// <summary>A checkpoint was written, whole and checked.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Bytes">Its size.</param>
public sealed record CheckpointSaved(long Step, string Folder, long Bytes) : TrainingEvent(Step);

/// <summary>An older checkpoint was deleted, because newer ones exist.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="RemovedStep">Step of the checkpoint that is gone.</param>
public sealed record CheckpointRemoved(long Step, long RemovedStep) : TrainingEvent(Step);

/// <summary>The checkpoints that are there when training begins or goes on; what a crash kept from being told is told by it.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Checkpoints">All of them, ascending.</param>
public sealed record CheckpointsFound(long Step, IReadOnlyList<CheckpointSaved> Checkpoints) : TrainingEvent(Step);

/// <summary>Something a reader of the log wants to know.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="Text">A sentence.</param>
/// <param name="IsWarning">Whether it asks for a look.</param>
public sealed record Noted(long Step, string Text, bool IsWarning = false) : TrainingEvent(Step)
{
    /// <summary>Whether it says that other processes took the run's cores, so that its timings are not those of the machine alone.</summary>
    public bool MarksBusyMachine { get; init; }
}

/// <summary>Receives the events of a run, on the training thread; must return at once.</summary>
public interface ITrainingObserver
{
    /// <summary>Takes one event.</summary>
    void OnEvent(TrainingEvent trainingEvent);

    /// <summary>
    /// Waits until every event so far is where no kill can take it. Called before a checkpoint is written: training that goes on from it then has all that
    /// led to it, and no hole.
    /// </summary>
    void Flush()
    {
    }
}
