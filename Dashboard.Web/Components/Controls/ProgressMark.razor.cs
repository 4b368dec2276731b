using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>How far a run is: its place in the queue, a bar, or its steps once it is done.</summary>
public sealed partial class ProgressMark : ComponentBase
{
    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    /// <summary>Its place among queued runs, from 1.</summary>
    [Parameter]
    public int Place { get; set; }
}
