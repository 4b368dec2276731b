using Crossbench.Runs;
using Crossbench.Web.Components.RunTable;
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

    /// <summary>Columns beside the box for selecting it.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunColumn> Columns { get; set; } = [];

    /// <summary>Called to select it or not, with whether all up to it are meant.</summary>
    [Parameter]
    public EventCallback<(RunId Id, bool IsRange)> OnToggle { get; set; }

    private RunRecord Run => Row.Run;

    private string Css => $"run{(IsSelected ? " sel" : "")}{(Run.Status == RunStatus.Queued ? " off" : "")}";
}
