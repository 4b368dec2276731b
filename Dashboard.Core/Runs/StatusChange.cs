namespace Crossbench.Runs;

/// <summary>One change of a run's status.</summary>
/// <param name="At">When.</param>
/// <param name="From">The status before; null when the run was created.</param>
/// <param name="To">The status after.</param>
/// <param name="Reason">Why, in a sentence; empty when there is nothing to say.</param>
/// <param name="Step">Optimiser steps done.</param>
public sealed record StatusChange(DateTimeOffset At, RunStatus? From, RunStatus To, string Reason, long Step);
