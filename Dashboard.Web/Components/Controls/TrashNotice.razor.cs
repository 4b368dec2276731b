using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>Where a run should be: says that it lies in the trash, if it does, and takes it back.</summary>
public sealed partial class TrashNotice : ComponentBase
{
    private RunRecord? _run;

    /// <summary>Id of the run, from the address.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet() => _run = RunId.TryParse(Id, null, out _)
        && Store.Query(new RunQuery { Filter = new EveryOf([new IsMarked(RunMark.Deleted), new HasText(RunText.Id, [Id])]), Limit = 1 }).Runs is [var run] ? run : null;

    private void TakeBack()
    {
        Store.Trash([_run!.Id], deleted: false);

        // The page looked for the run when it was opened; it is opened again.
        Addresses.Refresh(forceReload: true);
    }
}
