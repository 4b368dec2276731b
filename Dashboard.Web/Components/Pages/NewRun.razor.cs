using Crossbench.Datasets;
using Crossbench.Launching;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Forms;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;
using Radzen;

namespace Crossbench.Web.Components.Pages;

/// <summary>The form for a new run: generated from the option records, checked with every key, kept in the address.</summary>
public sealed partial class NewRun : ComponentBase
{
    private const string LikeKey = "like";
    private const string NotesPath = "notes";

    // These belong to the shape, but depend on the data: they are shown there.
    private static readonly string[] DataShapePaths = ["shape.contextLength", "shape.vocabulary"];

    private static readonly (string Path, string Label, string Help)[] NameRows =
    [
        ("name", "Name", "For people; need not be unique."),
        ("seed", "Seed", "A whole number, 0 or more. Same specification and seed: same numbers."),
        ("evaluations", "Evaluations", "Further sets to evaluate on, with commas between them: (contextLength=256), (split=test), stories(seed=1). What is in parentheses goes over this run's dataset."),
        ("from", "Start from", "A checkpoint of another run, RUN@STEP, or RUN for its newest: weights, optimiser, step count and place in the data go on from there. Left empty: initial weights."),
        ("tags", "Tags", "Words to find the run by, with commas between them."),
        (NotesPath, "Notes", "Anything worth keeping with the run. Markdown."),
    ];

    private SpecForm? _form;
    private RunEstimate? _estimate;
    private bool _isOutdated;
    private bool _isLaunching;
    private string? _written;
    private string? _restoredOver;

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private IRunLauncher Launcher { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private TypedText Typed => new(Script, $"./{Assets["js/page.js"]}");

    private IEnumerable<SpecField> DataFields => Fields("dataset").Concat(DataShapePaths.Select(_form!.Fields.Find).OfType<SpecField>()).Where(option => !_form!.IsIdle(option.Path));

    /// <summary>The dataset's page with what is chosen here.</summary>
    private string DatasetHref => Urls.Dataset(
        _form!.Dataset.Id, _form.Settings.Where(pair => pair.Key != SpecForm.DatasetId && (pair.Key.StartsWith("dataset.", StringComparison.Ordinal) || DataShapePaths.Contains(pair.Key))));

    private IEnumerable<SpecField> ShapeFields => Fields("shape").Where(option => !DataShapePaths.Contains(option.Path));

    private IEnumerable<SpecField> TrainingFields => Fields("training");

    private string? Reason => _form is { Reading.Problems: [var first, ..] problems } ? problems.Count == 1 ? first.Reason : $"{problems.Count} problems keep this from starting" : null;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Addresses.Uri == _written)
        {
            return;
        }

        (_written, _restoredOver) = (Addresses.Uri, null);
        var address = AddressSettings.Of(new Uri(Addresses.Uri).Query, LikeKey);
        _form = new SpecForm(With(address.Settings));
        _form.Refuse(address.Problems);
        Estimate();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && await Typed.TakeAsync() is { Count: > 0 } left)
        {
            await RestoreAsync(left);
        }
    }

    /// <summary>Puts back what was typed when the server went away and had not come into the address.</summary>
    private async Task RestoreAsync(IReadOnlyDictionary<string, string> left)
    {
        var before = Addresses.Uri;

        // What is chosen decides which further fields there are.
        var isChanged = TakeBack(left, [SpecForm.ArchitectureId, SpecForm.DatasetId]);
        isChanged |= TakeBack(left, [.. NameRows.Select(row => row.Path), .. _form!.Fields.Paths]);
        if (isChanged)
        {
            _restoredOver = before;
            Estimate();
            await KeepAsync();
            await Typed.ForgetAsync();
            StateHasChanged();
        }
    }

    private bool TakeBack(IReadOnlyDictionary<string, string> left, string[] paths)
    {
        var changed = paths.Where(path => left.TryGetValue(OptionRow.IdOf(path), out var text) && text != _form!.Text(path)).Distinct().ToArray();
        foreach (var path in changed)
        {
            _form!.Set(path, left[OptionRow.IdOf(path)]);
        }

        return changed.Length > 0;
    }

    /// <summary>Settings over those of the run that the address names, where it does.</summary>
    private IEnumerable<KeyValuePair<string, string>> With(IReadOnlyList<KeyValuePair<string, string>> settings)
    {
        var like = QueryHelpers.ParseQuery(new Uri(Addresses.Uri).Query).GetValueOrDefault(LikeKey).ToString();
        return RunId.TryParse(like, null, out var id) && Store.Find(id) is { } run
            ? [new(SpecForm.ArchitectureId, run.Spec.Architecture.Id), new(SpecForm.DatasetId, run.Spec.Dataset.Id), .. RunSpecJson.Changes(run.Spec), .. settings]
            : settings;
    }

    private IReadOnlyList<SpecField> Fields(string prefix) => _form!.Fields.Sections.First(section => section.Prefix == prefix).Fields;

    private void Set((string Path, string? Text) change)
    {
        _form!.Set(change.Path, change.Text);
        Estimate();
    }

    private Task ChooseAsync(string path, string id)
    {
        Set((path, id));
        return KeepAsync();
    }

    private Task ChooseAsync(Preset preset)
    {
        _form!.Set(preset);
        Estimate();
        return KeepAsync();
    }

    private Task ForgetAsync(string path) => ChooseAsync(path, "");

    private Task ApplyAsync(SpecFix fix) => ChooseAsync(fix.Path, fix.Value);

    // The address holds what was typed, so that a reload or a lost connection loses nothing; until it does, the browser keeps it.
    private async Task KeepAsync()
    {
        var query = QueryString.Create(_form!.Settings.Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));
        _written = Addresses.ToAbsoluteUri(Urls.NewRun + query).AbsoluteUri;
        Addresses.NavigateTo(_written, replace: true);
        await Typed.SettleAsync();
    }

    private void Estimate()
    {
        _isOutdated = _form!.Reading.Problems.Any(problem => IsOfModel(problem.Path));
        if (!_isOutdated)
        {
            _estimate = RunEstimate.Of(_form.Reading.Spec, Store);
        }
        else if (_estimate is null)
        {
            // Opened on values that do not fit: the defaults stand in until they do.
            var usual = new SpecForm(_form.Settings.Where(pair => pair.Key == SpecForm.ArchitectureId || !IsOfModel(pair.Key)));
            _estimate = RunEstimate.Of(usual.Reading.Spec, Store);
        }
    }

    private static bool IsOfModel(string path) => path.StartsWith("shape.", StringComparison.Ordinal) || path.StartsWith("architecture.", StringComparison.Ordinal);

    private async Task LaunchAsync()
    {
        if (_form is not { } form || _isLaunching)
        {
            return;
        }

        if (form.Reading.Problems is [var first, ..])
        {
            await FocusAsync(first.Path);
            return;
        }

        _isLaunching = true;
        try
        {
            Addresses.NavigateTo(Urls.Run(await Launcher.EnqueueAsync(form.Reading.Spec)));
        }
        catch (SpecException error)
        {
            // A file that the data come from has changed since it was checked: checked again, the form says so. A checkpoint to start from is looked at only now.
            _form = new SpecForm(form.Settings);
            if (_form.Reading.Problems.Count == 0)
            {
                _form.Refuse(error.Problems);
            }

            Estimate();
        }
        catch (RunStoreException error)
        {
            Notifications.Notify(NotificationSeverity.Error, "The run was not queued", error.Message);
        }
        finally
        {
            _isLaunching = false;
        }
    }

    private async Task FocusAsync(string path)
    {
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
        await module.InvokeVoidAsync("focus", OptionRow.IdOf(path));
    }
}
