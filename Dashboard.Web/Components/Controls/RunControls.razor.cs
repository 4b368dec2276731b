using Crossbench.Launching;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Crossbench.Web.Components.Controls;

/// <summary>Pause, stop, resume: what can be done with a run in its state.</summary>
public sealed partial class RunControls : ComponentBase
{
    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    [Inject]
    private IRunLauncher Launcher { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    private async Task ActAsync(Func<RunId, Task<bool>> act)
    {
        if (!await act(Run.Id))
        {
            Notifications.Notify(NotificationSeverity.Info, "Nothing was done", "The run had changed its state just before.");
        }
    }
}
