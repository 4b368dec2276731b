using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.RunTable;

/// <summary>Chooses the columns of the list of runs.</summary>
public sealed partial class ColumnMenu : ComponentBase
{
    /// <summary>The columns that are there.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunColumn> Chosen { get; set; } = [];

    /// <summary>Called with the columns as an address names them; null for the usual ones.</summary>
    [Parameter]
    public EventCallback<string?> OnChoose { get; set; }

    private Task ToggleAsync(RunColumn column) =>
        OnChoose.InvokeAsync(RunColumns.Name(RunColumns.All.Where(item => item == column ? !Chosen.Contains(item) : Chosen.Contains(item))));
}
