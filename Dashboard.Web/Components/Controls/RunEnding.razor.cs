using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>How a run ended that is not done: why, the last finite values, and what can be done next.</summary>
public sealed partial class RunEnding : ComponentBase
{
    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    /// <summary>Its latest checkpoint.</summary>
    [Parameter]
    public CheckpointRecord? Checkpoint { get; set; }

    private string LastValues => (Finite(Run.TrainLoss), Finite(Run.EvalLoss)) switch
    {
        ({ } train, { } evaluation) => $"Last finite values: train loss {Format.Loss(train)}, eval loss {Format.Loss(evaluation)}.",
        ({ } train, null) => $"Last finite train loss {Format.Loss(train)}.",
        (null, { } evaluation) => $"Last eval loss {Format.Loss(evaluation)}.",
        _ => "No loss was measured.",
    };

    private string Remedy => Run.Source.Length > 0 ? "It was imported: there is nothing to go on from. New run like this trains it here." : (RunFacts.CanResume(Run), Checkpoint) switch
    {
        (true, { } checkpoint) when checkpoint.Step < Run.Step => $"Resume goes on from the checkpoint of step {Format.Count(checkpoint.Step)}; {Format.Plural(Run.Step - checkpoint.Step, "step")} after it will be done again.",
        (true, { } checkpoint) => $"Resume goes on from the checkpoint of step {Format.Count(checkpoint.Step)}.",
        (true, null) => "There is no checkpoint: Resume begins again from step 0.",
        _ when Run.Status != RunStatus.Diverged => "Remove the cause, then start a new run like this one.",
        (false, { } checkpoint) => $"The checkpoint of step {Format.Count(checkpoint.Step)} is sound. Start a new run like this one with a lower learning rate.",
        _ => "Start a new run like this one with a lower learning rate.",
    };

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
