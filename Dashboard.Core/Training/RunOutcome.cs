namespace Crossbench.Training;

/// <summary>How a training run ended. Ends are values; a fault is an exception.</summary>
/// <param name="Step">Optimiser steps done.</param>
public abstract record RunOutcome(long Step);

/// <summary>All steps were done.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="EvaluationLoss">Mean loss over the evaluation set at the end, nats per counted token.</param>
public sealed record Completed(long Step, double EvaluationLoss) : RunOutcome(Step);

/// <summary>Paused on request, or because the disk is full; a checkpoint holds everything to go on with.</summary>
/// <param name="Step">Optimiser steps done.</param>
public sealed record Paused(long Step) : RunOutcome(Step)
{
    /// <summary>Why, where that is something else than a request; a sentence or two.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>Stopped on request.</summary>
/// <param name="Step">Optimiser steps done.</param>
public sealed record Stopped(long Step) : RunOutcome(Step)
{
    /// <summary>What else there is to know; a sentence or two.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>The numbers of a step whose loss and gradient were finite.</summary>
/// <param name="Step">The step (1-based).</param>
/// <param name="Loss">Training loss.</param>
/// <param name="GradientNorm">Global gradient norm before clipping.</param>
/// <param name="LearningRate">Learning rate.</param>
public sealed record FiniteStep(long Step, double Loss, double GradientNorm, double LearningRate);

/// <summary>The loss or a gradient stopped being finite.</summary>
/// <param name="Step">The step that went bad (1-based count of steps begun).</param>
/// <param name="LastFiniteLoss">Last finite training loss, if there was one.</param>
/// <param name="FirstBadLayer">Name of the first layer whose output or gradient is not finite, if one was found.</param>
public sealed record Diverged(long Step, double? LastFiniteLoss, string? FirstBadLayer) : RunOutcome(Step)
{
    /// <summary>All numbers of the last step that was finite, if there was one since the worker began.</summary>
    public FiniteStep? LastFinite { get; init; }
}
