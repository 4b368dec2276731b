using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Training;
using Crossbench.Web.Components.Controls;
using Crossbench.Web.Components.RunTable;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Pages;

/// <summary>All runs in a dense table: filtered, sorted and grouped by the address, live, only the visible rows are read.</summary>
public sealed partial class RunList : LiveComponent
{
    private const string ColumnsKey = "crossbench-columns";

    /// <summary>Who has more runs needs no first steps.</summary>
    private const int MostRunsOfTheNew = 2;

    /// <summary>Rows kept to see what has changed of them.</summary>
    private const int RowsKept = 2000;

    private static readonly RunStatus[] TallyOrder =
    [
        RunStatus.Running, RunStatus.Queued, RunStatus.Diverged, RunStatus.Failed, RunStatus.Paused, RunStatus.Interrupted, RunStatus.Stopped, RunStatus.Completed,
    ];

    private static readonly (RunGrouping Grouping, string Title)[] Groupings =
    [
        (RunGrouping.None, "No groups"), (RunGrouping.Architecture, "By architecture"), (RunGrouping.Dataset, "By dataset"), (RunGrouping.Suite, "By suite"),
        (RunGrouping.Tags, "By tags"), (RunGrouping.Status, "By status"), (RunGrouping.Family, "By all but seed"),
    ];

    private readonly HashSet<RunId> _selected = [];
    private RunQuery _selectedAll = new();
    private readonly Dictionary<RunId, RunRow> _known = [];
    private Virtualize<RunLine>? _rows;
    private IReadOnlyDictionary<RunStatus, int>? _tally;
    private IReadOnlyList<RunColumn> _columns = RunColumns.Of(null);
    private IReadOnlyList<RunColumn> _columnsAndBox = [];
    private List<RunId> _queue = [];
    private RunLines _lines = new([], new HashSet<string>());
    private FilterReading _reading = FilterReading.Of("");
    private FilterReading _shown = FilterReading.Of("");
    private RunQuery _query = new();
    private RunId? _anchor;
    private string? _remembered;
    private string _announcement = "";
    private int _total;
    private bool _isEmptyStore;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    private string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "desc")]
    private bool Descending { get; set; }

    [SupplyParameterFromQuery(Name = "group")]
    private string? Group { get; set; }

    [SupplyParameterFromQuery(Name = "closed")]
    private string? Closed { get; set; }

    [SupplyParameterFromQuery(Name = "cols")]
    private string? Columns { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private bool AllSelected => _total > 0 && _selected.Count == _total && Equals(_query.Filter, _selectedAll.Filter) && _query.Statuses.SequenceEqual(_selectedAll.Statuses);

    private bool IsTrash => _query.Filter?.Requires(RunMark.Deleted) == true;

    private bool IsArchive => _query.Filter?.Requires(RunMark.Archived) == true;

    private bool IsWide => _columns.Sum(column => column.Width) > RunColumns.UsualWidth;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _reading = FilterReading.Of(Text);

        // What cannot be read leaves the last good result where it is.
        _shown = _reading.Problems.Count == 0 ? _reading : _shown;
        Choose(Columns ?? _remembered);
        var query = new RunQuery
        {
            Filter = _shown.Filter,
            Statuses = Enum.TryParse<RunStatus>(Status, ignoreCase: true, out var status) && Enum.IsDefined(status) ? [status] : [],
            Order = Enum.TryParse<RunOrder>(Sort, ignoreCase: true, out var order) && Enum.IsDefined(order) ? order : RunOrder.Status,
            Descending = Descending,
            Grouping = Enum.TryParse<RunGrouping>(Group, ignoreCase: true, out var grouping) && Enum.IsDefined(grouping) ? grouping : RunGrouping.None,
            Collapsed = Closed is null ? [] : [.. Closed.Split(',').Select(key => key == "none" ? "" : key)],
        };
        if (!Equals(query.Filter, _query.Filter) || Status is not null != _query.Statuses.Count > 0)
        {
            _anchor = null;
        }

        var wasTrash = IsTrash;
        _query = query;
        if (wasTrash != IsTrash)
        {
            // What can be done to runs in the trash is nothing to do to others.
            _selected.Clear();
        }

        if (_tally is null)
        {
            await WatchAsync(null, ReloadAsync);
        }
        else
        {
            await ReloadAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
            _remembered = await module.InvokeAsync<string?>("recall", ColumnsKey);
        }
        catch (Exception gone) when (gone is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone, and with it who would look at columns.
            return;
        }

        if (Columns is null && !string.IsNullOrEmpty(_remembered))
        {
            Choose(_remembered);
            StateHasChanged();
        }

        await SelectAgainAsync();
        if (_selected.Count > 0)
        {
            StateHasChanged();
        }
    }

    private void Choose(string? columns)
    {
        _columns = RunColumns.Of(columns);
        _columnsAndBox = [new RunColumn("", "", 46, null, ""), .. _columns];
    }

    private async Task ReloadAsync(CancellationToken cancellation)
    {
        _tally = Store.Tally();
        _isEmptyStore = _tally.Values.Sum() == 0 && Store.Query(new RunQuery { Filter = new IsMarked(RunMark.Deleted), Limit = 0 }).Total == 0 && Store.Query(new RunQuery { Archived = null, Limit = 0 }).Total == 0;
        _queue = _tally.GetValueOrDefault(RunStatus.Queued) == 0
            ? []
            : [.. Store.Ids(new RunQuery { Statuses = [RunStatus.Queued], Order = RunOrder.Turn })];
        var groups = _query.Grouping == RunGrouping.None ? [] : Store.Groups(_query);
        _lines = new RunLines(groups, _query.Collapsed.ToHashSet());
        _total = _query.Grouping == RunGrouping.None ? Store.Query(_query with { Limit = 0 }).Total : groups.Sum(group => group.Count);
        if (_rows is not null)
        {
            await _rows.RefreshDataAsync();
        }
    }

    private Task ChangedAsync()
    {
        _selected.IntersectWith(Store.Ids(IsTrash ? new RunQuery { Filter = new IsMarked(RunMark.Deleted) } : new RunQuery { Archived = null }));
        return ReloadAsync(CancellationToken.None);
    }

    private ValueTask<ItemsProviderResult<RunLine>> ProvideAsync(ItemsProviderRequest request)
    {
        var total = 0;
        var lines = _lines.Read(request.StartIndex, request.Count, (from, count) =>
        {
            var page = Store.Query(_query with { Offset = from, Limit = count });
            total = page.Total;
            return [.. page.Runs.Select(ToRow)];
        });
        if (total == 0)
        {
            total = Store.Query(_query with { Limit = 0 }).Total;
        }

        return ValueTask.FromResult(new ItemsProviderResult<RunLine>(lines, total + _lines.Heads));
    }

    private RunRow ToRow(RunRecord run)
    {
        // The curve is read again only when the run has been evaluated since.
        var known = _known.GetValueOrDefault(run.Id);
        var curve = known is not null && known.Run.EvalLoss == run.EvalLoss && known.Run.Status == run.Status
            ? known.Curve
            : [.. Store.ReadEvaluations(run.Id, -1).Where(evaluation => evaluation.Set == Evaluated.OwnSet).Select(evaluation => evaluation.Loss)];
        if (known is not null && known.Run.Status != run.Status)
        {
            _announcement = $"{run.Spec.Name}: {Format.Status(run.Status).ToLowerInvariant()}. {run.Reason}";
        }

        var row = new RunRow(run, curve, run.Status == RunStatus.Queued ? _queue.IndexOf(run.Id) + 1 : 0, Time.GetUtcNow() - RunFacts.Since(run));
        if (_known.Count >= RowsKept)
        {
            _known.Clear();
        }

        _known[run.Id] = row;
        return row;
    }
}
