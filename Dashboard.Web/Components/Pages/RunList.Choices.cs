using Crossbench.Runs;
using Crossbench.Web.Components.RunTable;
using Crossbench.Web.Forms;
using Microsoft.JSInterop;

namespace Crossbench.Web.Components.Pages;

/// <summary>What a person chooses on the list of runs: filter, order, groups and columns go into the address, the selection stays with the page.</summary>
public sealed partial class RunList
{
    private const string SelectionName = "selection";

    /// <summary>A longer selection is not kept: it was made with one click.</summary>
    private const int MostKept = 500;

    private TypedText Typed => new(Script, $"./{Assets["js/page.js"]}");

    private void SetFilter(string text) => Addresses.NavigateTo(Urls.With(Addresses, ("q", text)), replace: true);

    private void SetGrouping(RunGrouping grouping) =>
        Addresses.NavigateTo(Urls.With(Addresses, ("group", grouping == RunGrouping.None ? null : grouping.ToString().ToLowerInvariant()), ("closed", null)));

    private void ToggleGroup(string key)
    {
        var closed = _query.Collapsed.Contains(key) ? _query.Collapsed.Where(other => other != key) : _query.Collapsed.Append(key);
        Addresses.NavigateTo(Urls.With(Addresses, ("closed", string.Join(',', closed.Select(item => item.Length == 0 ? "none" : item)))), replace: true);
    }

    private async Task ChooseAsync(string? columns)
    {
        _remembered = columns;
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", $"./{Assets["js/page.js"]}");
        await module.InvokeVoidAsync("remember", ColumnsKey, columns);
        Addresses.NavigateTo(Urls.With(Addresses, ("cols", columns)), replace: true);
        Choose(columns);
    }

    private bool IsChosen(RunStatus status) => _query.Statuses.Contains(status);

    private string StatusHref(RunStatus status) => Urls.With(Addresses, ("status", IsChosen(status) ? null : status.ToString().ToLowerInvariant()));

    private string? SortOf(RunColumn column) => column.Order is null || _query.Order != column.Order ? null : _query.Descending ? "descending" : "ascending";

    private string SortHref(RunOrder order) => Urls.With(
        Addresses,
        ("sort", order == RunOrder.Status ? null : char.ToLowerInvariant(order.ToString()[0]) + order.ToString()[1..]),
        ("desc", _query.Order == order && !_query.Descending ? "true" : null));

    private Task ToggleAsync((RunId Id, bool IsRange) click)
    {
        var isSelected = !_selected.Contains(click.Id);
        foreach (var id in click.IsRange && _anchor is { } anchor ? Between(anchor, click.Id) : [click.Id])
        {
            _ = isSelected ? _selected.Add(id) : _selected.Remove(id);
        }

        _anchor = click.Id;
        return KeepSelectionAsync();
    }

    /// <summary>All runs of the list from one to the other, both with them.</summary>
    private IReadOnlyList<RunId> Between(RunId one, RunId other)
    {
        var ids = Store.Ids(_query).ToList();
        var (first, last) = (ids.IndexOf(one), ids.IndexOf(other));
        return first < 0 || last < 0 ? [other] : ids[Math.Min(first, last)..(Math.Max(first, last) + 1)];
    }

    private Task ToggleAllAsync()
    {
        var all = AllSelected;
        _selected.Clear();
        _selectedAll = _query;
        _selected.UnionWith(all ? [] : Store.Ids(_query with { Collapsed = [] }));
        return KeepSelectionAsync();
    }

    private Task ClearAsync()
    {
        _selected.Clear();
        return KeepSelectionAsync();
    }

    /// <summary>A server that is started anew asks the browser what was selected.</summary>
    private Task KeepSelectionAsync() => Typed.KeepAsync(SelectionName, _selected.Count <= MostKept ? string.Join(',', _selected) : "");

    private async Task SelectAgainAsync()
    {
        foreach (var text in (await Typed.TakeAsync()).GetValueOrDefault(SelectionName, "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = RunId.TryParse(text, null, out var id) && Store.Find(id) is not null && _selected.Add(id);
        }
    }
}
