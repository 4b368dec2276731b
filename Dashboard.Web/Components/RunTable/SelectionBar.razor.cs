using Crossbench.Launching;
using Crossbench.Reports.Export;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Crossbench.Web.Components.RunTable;

/// <summary>What can be done with the selected runs. Each action does what is possible, and says of how many runs it was not.</summary>
public sealed partial class SelectionBar : ComponentBase
{
    private const int MostCompared = 200;
    private const int MostExported = 200;

    /// <summary>Runs between two showings of the progress.</summary>
    private const int Stride = 20;

    private static readonly (string Title, ReportFormat Format)[] Formats =
        [("Page (HTML)", ReportFormat.Html), ("Table (CSV)", ReportFormat.Csv), ("Markdown", ReportFormat.Markdown), ("LaTeX", ReportFormat.Latex)];

    private IReadOnlyList<string> _known = [];
    private string _tag = "";
    private int? _progress;

    /// <summary>The selected runs.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyCollection<RunId> Selected { get; set; } = [];

    /// <summary>Whether they lie in the trash.</summary>
    [Parameter]
    public bool IsTrash { get; set; }

    /// <summary>Whether they are archived.</summary>
    [Parameter]
    public bool IsArchive { get; set; }

    /// <summary>Runs that the list has in all.</summary>
    [Parameter]
    public int Matching { get; set; }

    /// <summary>Called to select all of them.</summary>
    [Parameter]
    public EventCallback OnAll { get; set; }

    /// <summary>Called to select nothing.</summary>
    [Parameter]
    public EventCallback OnClear { get; set; }

    /// <summary>Called when runs were changed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private IRunLauncher Launcher { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => _known = Store.KnownValues(RunText.Tag);

    private Task PauseAsync() => EachAsync(Launcher.PauseAsync, "Asked to pause", "not running");

    private Task ResumeAsync() => EachAsync(id => Store.Find(id) is { } run && RunFacts.CanResume(run) ? Launcher.ResumeAsync(id) : Task.FromResult(false), "Queued again", "with nothing to go on from");

    private Task StopAsync() => EachAsync(Launcher.StopAsync, "Asked to stop", "ended already");

    private Task ArchiveAsync(bool archived) => EachAsync(id => Task.FromResult(Store.Archive(id, archived)), archived ? "Archived" : "Put back", archived ? "not ended yet" : "not archived");

    private async Task TagAsync(bool isAdded)
    {
        var tag = _tag.Trim();
        var problem = new RunLabels("name", [tag], "").Problems().FirstOrDefault();
        if (problem is not null)
        {
            Notifications.Notify(NotificationSeverity.Warning, problem.Reason, problem.Remedy);
            return;
        }

        await EachAsync(id => Task.FromResult(Tag(id, tag, isAdded)), isAdded ? $"Tagged {tag}:" : $"Tag {tag} taken off", isAdded ? "with it already" : "without it");
        _known = Store.KnownValues(RunText.Tag);
    }

    /// <summary>Adds or removes a tag; what others edit at the same time stays as they made it.</summary>
    private bool Tag(RunId id, string tag, bool isAdded)
    {
        for (var run = Store.Find(id); run is not null && run.Spec.Tags.Contains(tag) != isAdded;)
        {
            var labels = RunLabels.Of(run) with { Tags = isAdded ? [.. run.Spec.Tags, tag] : [.. run.Spec.Tags.Where(other => other != tag)] };
            var edit = Store.Edit(id, run.Edition, labels);
            if (edit.IsDone)
            {
                return true;
            }

            run = edit.Now;
        }

        return false;
    }

    private async Task DeleteAsync()
    {
        var gone = Store.Trash(Selected, deleted: true);
        var left = Selected.Count - gone.Count;
        if (gone.Count == 0)
        {
            Notifications.Notify(NotificationSeverity.Warning, "Nothing was deleted", "Queued and running runs cannot be deleted. Stop them first.");
            return;
        }

        RunNotices.Deleted(Notifications, Store, this, gone, left, OnChanged.InvokeAsync);
        await OnClear.InvokeAsync();
        await OnChanged.InvokeAsync();
    }

    private Task RestoreAsync() => EachAsync(id => Task.FromResult(Store.Trash([id], deleted: false).Count > 0), "Taken back", "gone for good");

    private async Task PurgeAsync()
    {
        // A selection outlives a change of the filter: runs that nobody deleted stay.
        var trashed = Store.Ids(new RunQuery { Filter = new IsMarked(RunMark.Deleted) }).ToHashSet();
        trashed.IntersectWith(Selected);
        var question = $"Delete {Format.Plural(trashed.Count, "run")} for good, with all curves, evaluations, events and checkpoints? There is no undo.";
        if (await Dialogs.Confirm(question, "Delete for good", new ConfirmOptions { OkButtonText = "Delete for good", CancelButtonText = "Keep", CloseDialogOnEsc = true }) == true)
        {
            await EachAsync(id => trashed.Contains(id) ? Launcher.DeleteAsync(id) : Task.FromResult(false), "Deleted for good", "not in the trash");
        }
    }

    private async Task EachAsync(Func<RunId, Task<bool>> act, string done, string leftWhy)
    {
        var (count, seen) = (0, 0);
        try
        {
            foreach (var id in Selected.ToArray())
            {
                count += await act(id) ? 1 : 0;
                if (++seen % Stride == 0)
                {
                    _progress = seen;
                    StateHasChanged();
                    await Task.Yield();
                }
            }
        }
        catch (Exception fault) when (fault is RunStoreException or IOException or UnauthorizedAccessException)
        {
            Notifications.Notify(NotificationSeverity.Error, $"Broke off after {Format.Plural(seen, "run")}", fault.Message);
        }

        _progress = null;
        var left = seen - count;
        Notifications.Notify(NotificationSeverity.Info, $"{done} {Format.Plural(count, "run")}", left == 0 ? "" : $"{Format.Plural(left, "run")} {(left == 1 ? "was" : "were")} {leftWhy}.");
        await OnChanged.InvokeAsync();
    }
}
