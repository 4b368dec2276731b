using Crossbench.Training;

namespace Crossbench.Runs;

/// <summary>What was scored of a run, and where it trained.</summary>
/// <param name="Evaluations">Every evaluation up to the step that its row tells, ascending.</param>
/// <param name="Sequences">Rows of the last of them on the set that was asked for.</param>
/// <param name="Environments">Where its workers trained, one for each start, oldest first.</param>
public sealed record RunScores(IReadOnlyList<EvaluationRecord> Evaluations, IReadOnlyList<SequenceLoss> Sequences, IReadOnlyList<EnvironmentRecord> Environments);
