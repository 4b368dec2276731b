using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>How far the evaluation loss has come from chance to floor; "not learned" when its interval holds chance.</summary>
public sealed partial class FloorGauge : ComponentBase
{
    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;
}
