using System.Globalization;
using Crossbench.Runs;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using Radzen;

namespace Crossbench.Web.Components.Controls;

/// <summary>
/// Name, tags and notes of a run, to read and to edit, and what else people do with a run that has ended. An edit names the edition that it began from: who
/// comes second sees both texts and decides.
/// </summary>
public sealed partial class RunNotes : ComponentBase
{
    private LabelForm? _form;
    private RunLabels? _begun;
    private RunRecord? _theirs;
    private IReadOnlyList<SpecProblem> _problems = [];
    private long _edition;
    private bool _isPreview;
    private bool _isRestored;

    /// <summary>The run.</summary>
    [Parameter, EditorRequired]
    public RunRecord Run { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private TypedText Typed => new(Script, $"./{Assets["js/page.js"]}");

    private bool IsDirty => _form is not null && _begun is not null && !Same(_form.ToLabels(), _begun);

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && _form is null && await Typed.TakeAsync() is { Count: > 0 } left)
        {
            Restore(left);
            StateHasChanged();
        }
    }

    /// <summary>Opens the form on what was typed when the server went away; it still belongs to the edition that it began from.</summary>
    private void Restore(IReadOnlyDictionary<string, string> left)
    {
        Begin(Run);
        _form!.Name = left.GetValueOrDefault("notes-name", _form.Name);
        _form.Tags = left.GetValueOrDefault("notes-tags", _form.Tags);
        _form.Notes = left.GetValueOrDefault("notes-text", _form.Notes);
        _edition = long.TryParse(left.GetValueOrDefault(TypedText.Mark), CultureInfo.InvariantCulture, out var edition) ? edition : _edition;
        _isRestored = IsDirty;
        _form = IsDirty ? _form : null;
    }

    private void Begin() => Begin(Run);

    private void Begin(RunRecord run)
    {
        _begun = RunLabels.Of(run);
        _form = LabelForm.Of(_begun);
        (_edition, _theirs, _problems) = (run.Edition, null, []);
    }

    private async Task CloseAsync()
    {
        (_form, _begun, _theirs, _problems, _isPreview, _isRestored) = (null, null, null, [], false, false);
        await Typed.ForgetAsync();
    }

    private async Task SaveAsync()
    {
        var labels = _form!.ToLabels();
        _problems = [.. labels.Problems()];
        if (_problems.Count > 0)
        {
            return;
        }

        if (Tried(() => Store.Edit(Run.Id, _edition, labels)) is not { } edit)
        {
            return;
        }

        if (edit.IsDone)
        {
            Run = edit.Now!;
            await CloseAsync();
        }
        else if (edit.Now is { } now)
        {
            _theirs = now;
        }
        else
        {
            Notifications.Notify(NotificationSeverity.Warning, "Nothing was saved", "The run was deleted meanwhile. What you typed is still in the form.");
        }
    }

    private Task SaveOverAsync(RunRecord theirs)
    {
        (_edition, _theirs) = (theirs.Edition, null);
        return SaveAsync();
    }

    /// <summary>All tags, and one text after the other; the name stays as typed. Nothing is saved yet.</summary>
    private void Join(RunRecord theirs)
    {
        var mine = _form!.ToLabels();
        _form.Tags = string.Join(", ", theirs.Spec.Tags.Union(mine.Tags));
        _form.Notes = mine.Notes == theirs.Spec.Notes || mine.Notes.Length == 0 ? theirs.Spec.Notes : theirs.Spec.Notes.Length == 0 ? mine.Notes : $"{theirs.Spec.Notes}\n\n{mine.Notes}";
        (_edition, _theirs) = (theirs.Edition, null);
    }

    private void TakeTheirs(RunRecord theirs)
    {
        Run = theirs;
        Begin(theirs);
    }

    private IEnumerable<(string Label, string Theirs, string Mine)> Differences(RunRecord theirs)
    {
        var other = LabelForm.Of(RunLabels.Of(theirs));
        (string Label, string Theirs, string Mine)[] all = [("Name", other.Name, _form!.Name), ("Tags", other.Tags, _form.Tags), ("Notes", other.Notes, _form.Notes)];
        return all.Where(item => item.Theirs != item.Mine);
    }

    private void Archive()
    {
        var archived = Run.ArchivedAt is null;
        if (Tried(() => (bool?)Store.Archive(Run.Id, archived)) == false)
        {
            Notifications.Notify(NotificationSeverity.Info, "Nothing was done", "The run had changed just before.");
        }

        Run = Store.Find(Run.Id) ?? Run;
    }

    private void Delete()
    {
        if (Tried(() => Store.Trash([Run.Id], deleted: true)) is not { } gone)
        {
            return;
        }

        if (gone.Count == 0)
        {
            Notifications.Notify(NotificationSeverity.Warning, "Nothing was deleted", "The run is queued or running by now. Stop it first.");
            return;
        }

        RunNotices.Deleted(Notifications, Store, this, gone, 0, () => Task.CompletedTask);
        Addresses.NavigateTo(Urls.Runs);
    }

    private async Task BeforeLeavingAsync(LocationChangingContext context)
    {
        // Another view of the same page keeps the form.
        var isSamePage = new Uri(new Uri(Addresses.BaseUri), context.TargetLocation).AbsolutePath == new Uri(Addresses.Uri).AbsolutePath;
        if (IsDirty && !isSamePage
            && await Dialogs.Confirm("What you typed in the notes is not saved.", "Leave the page?", new ConfirmOptions { OkButtonText = "Leave", CancelButtonText = "Stay", CloseDialogOnEsc = true }) != true)
        {
            context.PreventNavigation();
        }
    }

    /// <summary>What the store answers; null, and said to the reader, when it cannot be written. What was typed stays.</summary>
    private T? Tried<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (RunStoreException fault)
        {
            Notifications.Notify(NotificationSeverity.Error, "Nothing was saved", fault.Message);
            return default;
        }
    }

    private string? ProblemOf(string path) => _problems.FirstOrDefault(problem => problem.Path == path) is { } problem ? $"{problem.Reason} {problem.Remedy}" : null;

    private static bool Same(RunLabels one, RunLabels other) => one.Name == other.Name && one.Notes == other.Notes && one.Tags.SequenceEqual(other.Tags);

    /// <summary>What is typed.</summary>
    private sealed class LabelForm
    {
        public string Name { get; set; } = "";

        public string Tags { get; set; } = "";

        public string Notes { get; set; } = "";

        public static LabelForm Of(RunLabels labels) => new() { Name = labels.Name, Tags = string.Join(", ", labels.Tags), Notes = labels.Notes };

        public RunLabels ToLabels() => new(Name, [.. Tags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)], Notes.Replace("\r\n", "\n", StringComparison.Ordinal));
    }
}
