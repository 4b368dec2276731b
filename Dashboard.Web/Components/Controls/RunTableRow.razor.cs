using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>One run in the list: a line of the table, two lines on a phone.</summary>
public sealed partial class RunTableRow : ComponentBase
{
    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public RunRow Row { get; set; } = null!;

    /// <summary>Whether it is selected.</summary>
    [Parameter]
    public bool IsSelected { get; set; }

    /// <summary>Called to select it or not.</summary>
    [Parameter]
    public EventCallback<RunId> OnToggle { get; set; }

    private RunRecord Run => Row.Run;

    private string Css => $"run{(IsSelected ? " sel" : "")}{(Run.Status == RunStatus.Queued ? " off" : "")}";
}
