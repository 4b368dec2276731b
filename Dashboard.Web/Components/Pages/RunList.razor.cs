using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Controls;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Radzen;

namespace Crossbench.Web.Components.Pages;

/// <summary>All runs in a dense table: filtered and sorted by the address, live, only the visible rows are read.</summary>
public sealed partial class RunList : LiveComponent
{
    private static readonly RunStatus[] TallyOrder =
    [
        RunStatus.Running, RunStatus.Queued, RunStatus.Diverged, RunStatus.Failed, RunStatus.Paused, RunStatus.Interrupted, RunStatus.Stopped, RunStatus.Completed,
    ];

    private readonly HashSet<RunId> _selected = [];
    private readonly Dictionary<RunId, RunRow> _known = [];
    private Virtualize<RunRow>? _rows;
    private IReadOnlyDictionary<RunStatus, int>? _tally;
    private List<RunId> _queue = [];
    private IReadOnlyList<RunId> _shown = [];
    private int _total;
    private bool _isEmptyStore;
    private RunQuery _query = new();

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    private string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "desc")]
    private bool Descending { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private IRunLauncher Launcher { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    private string Filter => Text ?? "";

    private bool AllSelected => _shown.Count > 0 && _shown.All(_selected.Contains);

    private string NothingMatches => (Filter.Length > 0, Status) switch
    {
        (true, null) => $"No run matches \"{Filter}\".",
        (true, _) => $"No run of this status matches \"{Filter}\".",
        _ => "No run has this status now.",
    };

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var query = new RunQuery
        {
            Filter = Crossbench.Runs.Filters.FilterReading.Of(Filter).Filter,
            Statuses = Enum.TryParse<RunStatus>(Status, ignoreCase: true, out var status) ? [status] : [],
            Order = Enum.TryParse<RunOrder>(Sort, ignoreCase: true, out var order) ? order : RunOrder.Status,
            Descending = Descending,
        };
        var isFirst = _tally is null;
        _query = query;
        if (isFirst)
        {
            await WatchAsync(null, ReloadAsync);
        }
        else
        {
            await ReloadAsync(CancellationToken.None);
        }
    }

    private async Task ReloadAsync(CancellationToken cancellation)
    {
        _tally = Store.Tally();
        _isEmptyStore = _tally.Values.Sum() == 0 && Store.Query(new RunQuery { Archived = null, Limit = 0 }).Total == 0;
        _queue = _tally.GetValueOrDefault(RunStatus.Queued) == 0
            ? []
            : [.. Store.Query(new RunQuery { Statuses = [RunStatus.Queued], Order = RunOrder.Turn }).Runs.Select(run => run.Id)];
        _total = Store.Query(_query with { Limit = 0 }).Total;
        if (_rows is not null)
        {
            await _rows.RefreshDataAsync();
        }
    }

    private ValueTask<ItemsProviderResult<RunRow>> ProvideAsync(ItemsProviderRequest request)
    {
        var page = Store.Query(_query with { Offset = request.StartIndex, Limit = request.Count });
        var rows = page.Runs.Select(ToRow).ToArray();
        _shown = [.. rows.Select(row => row.Run.Id)];
        return ValueTask.FromResult(new ItemsProviderResult<RunRow>(rows, page.Total));
    }

    private RunRow ToRow(RunRecord run)
    {
        // The curve is read again only when the run has been evaluated since.
        var known = _known.GetValueOrDefault(run.Id);
        var curve = known is not null && known.Run.EvalLoss == run.EvalLoss && known.Run.Status == run.Status
            ? known.Curve
            : [.. Store.ReadEvaluations(run.Id, -1).Where(evaluation => evaluation.Set == Evaluated.OwnSet).Select(evaluation => evaluation.Loss)];
        var row = new RunRow(run, curve, _queue.IndexOf(run.Id) + 1, Time.GetUtcNow() - RunFacts.Since(run));
        _known[run.Id] = row;
        return row;
    }

    private void SetFilter(string? text) => Addresses.NavigateTo(Urls.With(Addresses, ("q", text)), replace: true);

    private bool IsChosen(RunStatus status) => _query.Statuses.Contains(status);

    private string StatusHref(RunStatus status) => Urls.With(Addresses, ("status", IsChosen(status) ? null : status.ToString().ToLowerInvariant()));

    private RenderFragment SortHeader(string title, RunOrder order, string? css) => builder =>
    {
        var isCurrent = _query.Order == order;
        builder.OpenElement(0, "th");
        builder.AddAttribute(1, "scope", "col");
        builder.AddAttribute(2, "class", css);
        builder.AddAttribute(3, "aria-sort", !isCurrent ? null : _query.Descending ? "descending" : "ascending");
        builder.OpenElement(4, "a");
        builder.AddAttribute(5, "href", SortHref(order, isCurrent && !_query.Descending));
        builder.AddContent(6, title);
        if (isCurrent)
        {
            builder.AddContent(7, " ");
            builder.OpenComponent<Icon>(8);
            builder.AddComponentParameter(9, nameof(Icon.Name), _query.Descending ? "down" : "up");
            builder.CloseComponent();
        }

        builder.CloseElement();
        builder.CloseElement();
    };

    private string SortHref(RunOrder order, bool descending) => Urls.With(
        Addresses,
        ("sort", order == RunOrder.Status ? null : char.ToLowerInvariant(order.ToString()[0]) + order.ToString()[1..]),
        ("desc", descending ? "true" : null));

    private void Toggle(RunId id)
    {
        if (!_selected.Remove(id))
        {
            _selected.Add(id);
        }
    }

    private void ToggleAll()
    {
        var all = AllSelected;
        foreach (var id in _shown)
        {
            _ = all ? _selected.Remove(id) : _selected.Add(id);
        }
    }

    private async Task DeleteAsync()
    {
        var runs = _selected.Select(Store.Find).OfType<RunRecord>().ToArray();
        var ended = runs.Where(run => run.Status.IsEnded()).ToArray();
        if (ended.Length == 0)
        {
            Notifications.Notify(NotificationSeverity.Warning, "Nothing was deleted", "Queued and running runs cannot be deleted. Stop them first.");
            return;
        }

        var question = $"Delete {(ended.Length == 1 ? ended[0].Spec.Name : Format.Plural(ended.Length, "run"))} with all curves, evaluations, events and checkpoints? There is no undo.";
        var left = runs.Length - ended.Length;
        var options = new ConfirmOptions { OkButtonText = "Delete", CancelButtonText = "Keep", CloseDialogOnEsc = true };
        if (await Dialogs.Confirm(left == 0 ? question : $"{question} {Format.Plural(left, "run")} in the queue or running will stay.", "Delete", options) != true)
        {
            return;
        }

        var deleted = 0;
        foreach (var run in ended)
        {
            deleted += await Launcher.DeleteAsync(run.Id) ? 1 : 0;
        }

        _selected.Clear();
        Notifications.Notify(NotificationSeverity.Info, $"Deleted {Format.Plural(deleted, "run")}");
        await ReloadAsync(CancellationToken.None);
    }
}
