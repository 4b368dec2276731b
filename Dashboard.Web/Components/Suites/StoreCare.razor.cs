using System.Diagnostics;
using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Crossbench.Web.Components.Suites;

/// <summary>What the store takes, and the care of its file. Everything that takes long runs beside the page.</summary>
public sealed partial class StoreCare : ComponentBase
{
    private const double MostSlack = 0.25;
    private const long LittleBytes = 1L << 30;
    private const int ShownProblems = 20;
    private StoreReport? _report;
    private long? _free;
    private string? _doing;
    private string _path = "";
    private IReadOnlyList<string> _said = [];
    private bool _isTrouble;

    [Inject]
    private IStoreUpkeep Upkeep { get; set; } = null!;

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    private bool IsSlack => _report is { Bytes: > 0 } report && report.FreeBytes > MostSlack * report.Bytes;

    private bool IsFull => _free < LittleBytes;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _path = Path.Combine(Folder.Root, "backups", $"runs-{Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.db");
        await LookAsync();
    }

    private async Task LookAsync() => (_report, _free) = await Task.Run(() => (Upkeep.Report(), MachineNow.FreeBytes(Folder.Root)));

    private Task CheckAsync() => DoAsync("Checking", () => Upkeep.Check(quick: true) is { Count: > 0 } problems
        ? (true, [$"The store is damaged: {Format.Plural(problems.Count, "problem")}. Put back a copy, or move it away.", .. problems.Take(ShownProblems)])
        : (false, ["The store is sound."]));

    private async Task CompactAsync()
    {
        var options = new ConfirmOptions { OkButtonText = "Compact", CancelButtonText = "Not now", CloseDialogOnEsc = true };
        if (await Dialogs.Confirm($"Write {Format.Bytes(_report?.FreeBytes)} of slack out of the store? It needs {Format.Bytes(_report?.Bytes)} of free disk, and nobody can write meanwhile.", "Compact", options) == true)
        {
            await DoAsync("Compacting", () =>
            {
                var before = Upkeep.Report().Bytes;
                Upkeep.Compact();
                return (false, [$"The store took {Format.Bytes(before)} and takes {Format.Bytes(Upkeep.Report().Bytes)} now."]);
            });
        }
    }

    private Task BackupAsync() => DoAsync("Copying", () =>
    {
        var copy = Upkeep.Backup(_path);
        return (false, [$"A copy is at {copy}, {Format.Bytes(new System.IO.FileInfo(copy).Length)}."]);
    });

    private async Task DoAsync(string word, Func<(bool IsTrouble, IReadOnlyList<string> Said)> act)
    {
        (_doing, _said) = (word, []);
        var watch = Stopwatch.StartNew();
        try
        {
            (_isTrouble, _said) = await Task.Run(act);
            _said = [.. _said, .. watch.Elapsed.TotalSeconds >= 1 ? [$"It took {Format.Duration(watch.Elapsed.TotalSeconds)}."] : Array.Empty<string>()];
            await LookAsync();
        }
        catch (SpecException error)
        {
            (_isTrouble, _said) = (true, [.. error.Problems.Select(problem => $"{problem.Reason} {problem.Remedy}")]);
        }
        catch (RunStoreException error)
        {
            (_isTrouble, _said) = (true, [error.Message]);
        }
        finally
        {
            _doing = null;
        }
    }
}
