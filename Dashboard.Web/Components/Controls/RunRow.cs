using Crossbench.Runs;

namespace Crossbench.Web.Components.Controls;

/// <summary>One row of the list of runs.</summary>
/// <param name="Run">The run.</param>
/// <param name="Curve">Losses of its evaluations, in order.</param>
/// <param name="Place">Its place in the queue, from 1; 0 when it is not queued.</param>
/// <param name="Age">How long it has been in its state.</param>
public sealed record RunRow(RunRecord Run, IReadOnlyList<double> Curve, int Place, TimeSpan Age)
{
    /// <summary>Colour of the curve: alive, broken, or none.</summary>
    public string Colour => Run.Status switch
    {
        RunStatus.Running => "--success",
        RunStatus.Diverged or RunStatus.Failed => "--danger",
        _ => "--text-3",
    };
}
