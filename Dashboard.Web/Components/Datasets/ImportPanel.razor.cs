using Crossbench.Datasets.Imports;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;
using Radzen;

namespace Crossbench.Web.Components.Datasets;

/// <summary>Texts of the user's: by path, or uploaded and kept. Leaving the page ends an upload, and nothing of it is left.</summary>
public sealed partial class ImportPanel : ComponentBase, IDisposable
{
    private string _path = "";
    private SpecProblem? _pathProblem;
    private SpecProblem? _refused;
    private (string Sentence, string? Href, bool IsTrouble)? _kept;
    private Receipt? _upload;
    private CancellationTokenSource? _receiving;
    private IReadOnlyList<(ImportedFile File, ImportOffer? Offer)>? _files;
    private int _round;

    [Inject]
    private ImportFolder Imports { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    internal ServeOptions Options { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose() => _receiving?.Cancel();

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ListAsync();

    private async Task ListAsync() =>
        _files = await Task.Run(() => Imports.List().Select(file => (file, ImportOffer.Of(file.Path))).ToArray());

    private async Task OpenAsync()
    {
        var path = _path.Trim();
        var offer = await Task.Run(() => ImportOffer.Of(path));
        _pathProblem = offer?.Problem is { Path: ImportOffer.PathOption } problem ? problem : null;
        if (_pathProblem is null && offer is not null)
        {
            Addresses.NavigateTo(offer.Href);
        }
    }

    private async Task Mend(SpecFix fix)
    {
        if (fix.Path == ImportOffer.PathOption)
        {
            _path = fix.Value;
            await OpenAsync();
        }
        else if (await Task.Run(() => ImportOffer.Of(_path.Trim())) is { } offer)
        {
            Addresses.NavigateTo(offer.With(fix));
        }
    }

    private void Cancel() => _receiving?.Cancel();

    private async Task UploadAsync(InputFileChangeEventArgs change)
    {
        var file = change.File;
        (_refused, _kept) = (null, null);
        if (file.Size > Options.UploadLimit)
        {
            _refused = new SpecProblem(
                "", $"\"{file.Name}\" has {Format.Bytes(file.Size)}; at most {Format.Bytes(Options.UploadLimit)} are taken.", "Put it on this machine and give its path, or start the server with a larger --upload-limit.");
            return;
        }

        using var cancellation = _receiving = new CancellationTokenSource();
        _upload = new Receipt(file.Name, 0, file.Size);
        try
        {
            _kept = Kept(file.Name, await ReceiveAsync(file, cancellation.Token));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _kept = ($"{file.Name} was not kept: you stopped it.", null, false);
        }
        catch (SpecException fault)
        {
            _refused = fault.Problems[0];
        }
        catch (Exception fault) when (fault is JSException or JSDisconnectedException or TimeoutException or OperationCanceledException)
        {
            _refused = new SpecProblem("", $"\"{file.Name}\" was not kept: the browser stopped sending it.", "Nothing of it is left. Upload it again; it must not change meanwhile.");
        }
        finally
        {
            (_upload, _receiving) = (null, null);
            _round++;
        }

        await ListAsync();
    }

    private async Task<ImportedFile> ReceiveAsync(IBrowserFile file, CancellationToken cancellation)
    {
        var pace = new Pace(Time, TimeSpan.FromMilliseconds(200));
        await using var source = file.OpenReadStream(Options.UploadLimit, cancellation);
        return await Imports.SaveAsync(file.Name, source, file.Size, bytes =>
        {
            if (pace.IsDue(file.Name))
            {
                _upload = new Receipt(file.Name, bytes, file.Size);
                StateHasChanged();
            }
        }, cancellation);
    }

    private static (string Sentence, string? Href, bool IsTrouble) Kept(string sent, ImportedFile file)
    {
        var here = $"{(file.Name == sent ? $"{file.Name} is here" : $"{sent} is here as {file.Name}")}, {Format.Bytes(file.Bytes)}";
        var offer = ImportOffer.Of(file.Path);
        return offer?.Problem is { } problem ? ($"{here}, but cannot be used like that: {problem.Reason} {problem.Remedy}", offer.Href, true) : ($"{here}.", offer?.Href, false);
    }

    private async Task DeleteAsync(ImportedFile file)
    {
        var options = new ConfirmOptions { OkButtonText = "Delete", CancelButtonText = "Keep", CloseDialogOnEsc = true };
        if (await Dialogs.Confirm($"Delete {file.Name}, {Format.Bytes(file.Bytes)}? Runs on it could not be resumed. There is no undo.", "Delete", options) != true)
        {
            return;
        }

        (_refused, _kept) = (null, null);
        try
        {
            _kept = Imports.Delete(file.Name) ? ($"{file.Name} is deleted.", null, false) : ($"{file.Name} was gone already.", null, false);
        }
        catch (SpecException fault)
        {
            _refused = fault.Problems[0];
        }

        await ListAsync();
    }

    /// <summary>How much of a file has come.</summary>
    private sealed record Receipt(string Name, long Bytes, long Length)
    {
        public double Share => Length == 0 ? 1 : (double)Bytes / Length;
    }
}
