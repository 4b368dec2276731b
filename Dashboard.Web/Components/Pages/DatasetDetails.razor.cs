using Crossbench.Datasets;
using Crossbench.Training;
using Crossbench.Web.Components.Forms;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Pages;

/// <summary>One dataset: purpose, options, and a look into it, which is made in the background and given up when the page is left.</summary>
public sealed partial class DatasetDetails : ComponentBase, IDisposable
{
    private const string LookKey = "look";
    private const string TableKey = "table";
    private const int Samples = 4;
    private static readonly string[] ShapePaths = ["shape.contextLength", "shape.vocabulary"];
    private SpecForm? _form;
    private DatasetReport? _report;
    private string? _reportOf;
    private string? _written;
    private CancellationTokenSource? _running;
    private string? _runningOf;
    private (string What, double Share) _doing;
    private bool _isStopped;
    private string? _download;

    /// <summary>Id of the dataset, from the address.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = TableKey)]
    private bool Table { get; set; }

    [SupplyParameterFromQuery(Name = LookKey)]
    private bool Look { get; set; }

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private IEnumerable<SpecField> Fields => _form!.Fields.Sections.First(section => section.Prefix == "dataset").Fields.Concat(ShapePaths.Select(_form.Fields.Find).OfType<SpecField>());

    /// <summary>The fields that matter beside the others' values, and those with something to say.</summary>
    private IEnumerable<SpecField> ShownFields => Fields.Where(option => !_form!.IsIdle(option.Path));

    private IReadOnlyList<SpecProblem> Unplaced => [.. _form!.Problems.Where(problem => !Fields.Any(option => option.Path == problem.Path))];

    private string Key => $"{Id}?{string.Join('&', _form!.Settings)}";

    private bool IsOutdated => _report is not null && _reportOf != Key;

    private string State => _running is not null ? "looking" : _isStopped ? "stopped" : _report is not null && !IsOutdated ? "done" : "open";

    private string Action => _download is null ? "Look" : "Download";

    private string Hint => _form!.Problems.Count > 0 ? $"What is wrong stands above. {Action} again once it is mended."
        : _form.QuietProblems is [var first, ..] ? first.Remedy
        : _isStopped ? _download is null ? "Stopped. Nothing half-made was kept." : "Stopped. What has arrived is kept; Download goes on with it."
        : IsOutdated ? $"What is shown below belongs to the options before. {Action} again."
        : _report is not null ? ""
        : _download is { } download ? $"Downloads {download}, into {Folder.Datasets}, prepares it once, and shows what is in it; then runs on it start at once. What has arrived is kept when it breaks off."
        : "Reads the data, and prepares it once; then runs on it start at once.";

    /// <summary>What a look would bring over the network; null when nothing, or while the options are not usable.</summary>
    private string? Download() => _form!.CanBeTried ? _form.Dataset.Download(Folder, SpecValidator.DataOf(_form.Reading.Spec).Options) : null;

    private string Announcement => State switch
    {
        "done" => $"Looked at {Format.Plural(_report!.Statistics.Rows, "row")}.",
        "stopped" => "Stopped.",
        _ => "",
    };

    /// <inheritdoc/>
    public void Dispose() => _running?.Cancel();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Addresses.Uri == _written)
        {
            return;
        }

        _written = Addresses.Uri;
        var address = AddressSettings.Of(new Uri(Addresses.Uri).Query, LookKey, TableKey);
        _form = DatasetCatalog.Find(Id) is null ? null : new SpecForm([.. address.Settings, new(SpecForm.DatasetId, Id)], RunSpecReader.ReadData);
        if (!Look)
        {
            _form?.KeepQuietOfEmptyFields();
        }

        _form?.Refuse(address.Problems);

        if (_reportOf?.StartsWith(Id + "?", StringComparison.Ordinal) != true)
        {
            (_report, _reportOf, _isStopped) = (null, null, false);
        }

        CancelOther();

        // An address alone, opened or reloaded, never goes to the network.
        if (_form is { Reading.Problems.Count: 0 } && _reportOf != Key && _runningOf != Key && ((Look && Download() is null) || IsQuick))
        {
            await LookAsync();
        }
    }

    /// <summary>Data that are made as they are read can be looked into with every change.</summary>
    private bool IsQuick => SpecValidator.DataOf(_form!.Reading.Spec).IsGenerated;

    private void Set((string Path, string? Text) change) => _form!.Set(change.Path, change.Text);

    private Task ApplyAsync(SpecFix fix)
    {
        Set((fix.Path, fix.Value));
        return KeepAsync();
    }

    private Task RemoveAsync(string path)
    {
        _form!.Clear(path);
        return KeepAsync();
    }

    private async Task KeepAsync()
    {
        Write(isLook: false);
        CancelOther();
        if (_form!.Reading.Problems.Count == 0 && IsQuick && _reportOf != Key)
        {
            await LookAsync();
        }
    }

    // The address holds what was typed, so that a reload or a lost connection loses nothing.
    private void Write(bool isLook)
    {
        var address = Urls.Dataset(Id, [
            .. _form!.Settings.Where(pair => pair.Key != SpecForm.DatasetId),
            .. isLook ? new[] { KeyValuePair.Create(LookKey, "true") } : [],
            .. Table ? new[] { KeyValuePair.Create(TableKey, "true") } : []]);
        _written = Addresses.ToAbsoluteUri(address).AbsoluteUri;
        Addresses.NavigateTo(_written, replace: true);
    }

    private async Task ChooseLookAsync()
    {
        // Read again: a file that was at fault may have been mended.
        _form = new SpecForm(_form!.Settings, RunSpecReader.ReadData);
        if (_form.Reading.Problems is [var first, ..])
        {
            await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
            await module.InvokeVoidAsync("focus", OptionRow.IdOf(first.Path));
            return;
        }

        Write(isLook: true);
        await LookAsync();
    }

    private void Cancel() => _running?.Cancel();

    /// <summary>Gives up a look that belongs to other options.</summary>
    private void CancelOther()
    {
        if (_form is null || _runningOf != Key)
        {
            Cancel();
        }
    }

    private async Task LookAsync()
    {
        Cancel();
        using var cancellation = new CancellationTokenSource();
        var (form, key, setup) = (_form!, Key, SpecValidator.DataOf(_form!.Reading.Spec));
        (_running, _runningOf, _doing, _isStopped) = (cancellation, key, ("Reading", 0), false);
        try
        {
            var report = await Task.Run(() => DatasetReport.Of(setup, Folder, Samples, Teller(cancellation), cancellation.Token), CancellationToken.None);
            if (_running == cancellation)
            {
                (_report, _reportOf) = (report, key);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _isStopped = _running == cancellation;
        }
        catch (SpecException fault)
        {
            form.Refuse(fault.Problems);
        }
        finally
        {
            if (_running == cancellation)
            {
                (_running, _runningOf) = (null, null);
            }
        }
    }

    /// <summary>Brings progress from the working thread to the page, at most five times a second.</summary>
    private PreparationProgress Teller(CancellationTokenSource of)
    {
        var pace = new Pace(Time, TimeSpan.FromMilliseconds(200));
        return (what, share) =>
        {
            if (pace.IsDue(what))
            {
                _ = InvokeAsync(() =>
                {
                    _doing = _running == of ? (what, share) : _doing;
                    StateHasChanged();
                });
            }
        };
    }
}
