using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>The figures of a run in one row.</summary>
public sealed partial class RunFactsRow : ComponentBase
{
    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    /// <summary>Its latest evaluation.</summary>
    [Parameter]
    public EvaluationRecord? Evaluation { get; set; }
}
