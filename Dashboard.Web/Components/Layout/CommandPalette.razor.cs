using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Radzen;

namespace Crossbench.Web.Components.Layout;

/// <summary>
/// Finds what can be done on the page, pages, architectures, datasets and runs by what is typed; a filter finds runs as in their list. Gives the address that was
/// chosen, or the number of the action.
/// </summary>
public sealed partial class CommandPalette : ComponentBase
{
    private const int ShownRuns = 8;
    private const int ShownPlaces = 10;
    private const int ShownActions = 12;
    private IReadOnlyList<Entry> _entries = [];
    private ElementReference _box;
    private string _text = "";
    private string? _problem;
    private int _active;

    /// <summary>What can be done on the page.</summary>
    [Parameter]
    public IReadOnlyList<PageAction> Actions { get; set; } = [];

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Type("");

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _box.FocusAsync();
        }
    }

    private void Type(string? text)
    {
        _text = text ?? "";
        _active = 0;
        var words = _text.Trim();
        var actions = Actions.Index().Select(item => new Entry("On this page", item.Item.Title, "", item.Item.Icon, item.Item.Keys, item.Index));
        IEnumerable<Entry> places =
        [
            .. Navigation.Items.Select(item => new Entry("Go to", item.Title, "", item.Icon, item.Keys, item.Href)),
            .. words.Length == 0 ? [] : ModelZoo.All.Select(item => new Entry("Go to", item.Id, item.Title, "layers", "", Urls.Architecture(item.Id))),
            .. words.Length == 0 ? [] : DatasetCatalog.All.Select(item => new Entry("Go to", item.Id, item.Title, "data", "", Urls.Dataset(item.Id))),
        ];
        var reading = FilterReading.Of(words);
        _problem = reading.Problems is [var problem, ..] ? $"{problem.Reason} {problem.Remedy}" : null;
        var runs = _problem is not null ? [] : Store.Query(new RunQuery { Filter = reading.Filter, Order = RunOrder.Newest, Limit = ShownRuns }).Runs;
        _entries = [.. Found(actions, words).Take(ShownActions), .. Found(places, words).Take(ShownPlaces), .. runs.Select(Of)];
    }

    /// <summary>Those with the words in their title; first those that begin with them.</summary>
    private static IEnumerable<Entry> Found(IEnumerable<Entry> entries, string words) => entries
        .Where(entry => entry.Title.Contains(words, StringComparison.OrdinalIgnoreCase))
        .OrderBy(entry => entry.Title.StartsWith(words, StringComparison.OrdinalIgnoreCase) ? 0 : 1);

    private void Key(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" when _entries.Count > 0:
                _active = (_active + 1) % _entries.Count;
                break;
            case "ArrowUp" when _entries.Count > 0:
                _active = (_active + _entries.Count - 1) % _entries.Count;
                break;
            case "Enter" when _entries.Count > 0:
                Dialogs.Close(_entries[_active].Choice);
                break;
        }
    }

    private static Entry Of(RunRecord run) => new(
        "Runs",
        run.Spec.Name,
        $"{Format.Status(run.Status).ToLowerInvariant()}, {run.Spec.Architecture.Id} on {run.Spec.Dataset.Id}, seed {run.Spec.Seed}",
        run.Status == RunStatus.Completed ? "s-done" : $"s-{run.Status.ToString().ToLowerInvariant()}",
        "",
        Urls.Run(run.Id));

    /// <summary>A line of it.</summary>
    /// <param name="Choice">An address, or the number of an action.</param>
    private sealed record Entry(string Group, string Title, string Note, string Icon, string Keys, object Choice);
}
