using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Training;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>What a run waits for before its first step: its place in the queue and the run before it, or its worker.</summary>
public sealed partial class RunWaiting : LiveComponent
{
    private RunRecord? _before;
    private int _place;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    /// <summary>Whether nothing of it was measured yet.</summary>
    [Parameter]
    public bool IsBlank { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => WatchAsync(null, ReadAsync);

    /// <inheritdoc/>
    protected override void OnParametersSet() => Read();

    private Task ReadAsync(CancellationToken cancellation)
    {
        Read();
        return Task.CompletedTask;
    }

    private void Read()
    {
        if (Run.Status != RunStatus.Queued)
        {
            return;
        }

        // Each device has a queue of its own.
        var queue = new RunQuery { Filter = new HasText(RunText.Device, [ComputeDevice.Canonical(Run.Spec.Training.Device)]), Statuses = [RunStatus.Running, RunStatus.Queued], Order = RunOrder.Turn };
        var ids = Store.Ids(queue).TakeWhile(id => id != Run.Id).ToArray();
        _place = ids.Length + 1 - Store.Query(queue with { Statuses = [RunStatus.Running], Limit = 0 }).Total;
        _before = ids.Length > 0 ? Store.Find(ids[^1]) : null;
    }
}
