using System.Globalization;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Compare;
using Crossbench.Web.Live;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>
/// Runs beside each other: curves, differences to a baseline, what it costs, and in what else they are not alike; or laid out as a suite is, in the same views.
/// </summary>
public sealed partial class RunComparison : LiveComponent
{
    private const int MostRuns = 200;
    private RunResult[] _results = [];
    private IReadOnlyList<RunRecord> _runs = [];
    private SuiteLayout? _layout;
    private string? _layoutRows;
    private SuiteMatrix? _matrix;
    private IReadOnlyList<SeedGroup> _groups = [];
    private IReadOnlyList<ShownGroup> _shown = [];
    private IReadOnlyList<CurveGroup> _curves = [];
    private IReadOnlyList<ChartReference> _references = [];
    private IReadOnlyList<Difference> _settings = [];
    private IReadOnlyList<Difference> _ledger = [];
    private List<string> _missing = [];
    private int _baseline;
    private string? _read;
    private bool _isStale = true;

    [SupplyParameterFromQuery(Name = "runs")]
    private string? Runs { get; set; }

    [SupplyParameterFromQuery(Name = "baseline")]
    private string? Baseline { get; set; }

    [SupplyParameterFromQuery(Name = "metric")]
    private string? Shown { get; set; }

    [SupplyParameterFromQuery(Name = "cost")]
    private string? ShownCost { get; set; }

    [SupplyParameterFromQuery(Name = "table")]
    private bool Table { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    [SupplyParameterFromQuery(Name = "rows")]
    private string? RowPaths { get; set; }

    [SupplyParameterFromQuery(Name = "col")]
    private string? ColumnKey { get; set; }

    [SupplyParameterFromQuery(Name = "by")]
    private string? FrontierCost { get; set; }

    [SupplyParameterFromQuery(Name = "gate")]
    private string? Gate { get; set; }

    [SupplyParameterFromQuery(Name = "run")]
    private string? ShownRun { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private SuiteViewState State => new(ColumnKey, FrontierCost, Gate, ShownRun, Table);

    private string CurrentView => SuiteViews.OfSelection.Any(view => view.Name == View) ? View! : SuiteViews.Overview;

    private bool IsTrain => Shown == "train";

    private MetricSpec Metric => IsTrain ? TrainingMetrics.TrainLoss : TrainingMetrics.EvalLoss;

    private CostKind Cost => Enum.TryParse<CostKind>(ShownCost, ignoreCase: true, out var cost) && Enum.IsDefined(cost) ? cost : CostKind.Speed;

    private IEnumerable<RunId> Ids => _results.Select(result => result.Run.Id);

    private string Title => _results.Select(result => result.Spec.Dataset.Id).Distinct().ToArray() is [var dataset] ? $"Compare on {dataset}" : "Compare";

    private string Missing => _missing.Count == 1 ? $"There is no run {_missing[0]}: it may have been deleted. The others are shown." : $"There are no runs {string.Join(", ", _missing)}: they may have been deleted. The others are shown.";

    private string WithoutMissing => Urls.With(Addresses, ("runs", string.Join(',', Ids)));

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read != (Runs ?? ""))
        {
            _read = Runs ?? "";
            (_results, _runs, _missing, _layout) = ([], [], [], null);
            await WatchAsync(null, ReloadAsync);
        }

        Arrange();
    }

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        // Most changes of the store are points of curves, which the chart reads by itself.
        var draws = _isStale;
        _isStale = false;
        return draws;
    }

    private Task ReloadAsync(CancellationToken cancellation)
    {
        var words = _read!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        var ids = words.Take(MostRuns).Select(word => RunId.TryParse(word, CultureInfo.InvariantCulture, out var id) ? id : (RunId?)null).OfType<RunId>().ToArray();
        var runs = Store.FindAll(ids);
        if (runs.SequenceEqual(_runs) && _missing.Count + runs.Count == words.Length)
        {
            return Task.CompletedTask;
        }

        var found = runs.Select(run => run.Id.Value).ToHashSet();
        var missing = words.Where(word => !found.Contains(word)).ToList();
        (_isStale, _runs, _missing) = (_isStale || !missing.SequenceEqual(_missing), runs, missing);
        var results = Results(runs);
        if (!results.SequenceEqual(_results))
        {
            _layout = results.Select(result => (result.Run.Id, result.Run.SpecHash)).SequenceEqual(_results.Select(result => (result.Run.Id, result.Run.SpecHash))) ? _layout : null;
            _results = results;
            Group();
        }
        else if (CurrentView != SuiteViews.Overview)
        {
            Arrange();
        }

        return Task.CompletedTask;
    }

    /// <summary>Runs with what the tables need: those of before, where nothing that they show has changed, and the others read together.</summary>
    private RunResult[] Results(IReadOnlyList<RunRecord> runs)
    {
        var known = _results.Where(result => runs.Any(run => run.Id == result.Run.Id && Said(run) == Said(result.Run))).ToDictionary(result => result.Run.Id);
        var read = RunResult.ReadSummaries(Store, [.. runs.Where(run => !known.ContainsKey(run.Id))]).ToDictionary(result => result.Run.Id);
        return [.. runs.Select(run => known.GetValueOrDefault(run.Id) ?? read[run.Id])];
    }

    private static (RunStatus Status, double? Loss, DateTimeOffset? Begun, long Edition) Said(RunRecord run) => (run.Status, run.EvalLoss, run.StartedAt, run.Edition);

    /// <summary>What follows from the runs alone.</summary>
    private void Group()
    {
        _groups = SeedGroup.Of(_results);
        var differences = _results.Length > 1 ? Differences.Of([.. _groups.SelectMany(group => group.Runs)]) : [];
        (_settings, _ledger) = ([.. differences.Where(item => item.IsSetting)], [.. differences.Where(item => !item.IsSetting)]);

        // A line for chance means something only where it is the same for all.
        (string Name, double?[] Values)[] references = [("chance", [.. _results.Select(result => result.Run.Chance).Distinct()]), ("floor", [.. _results.Select(result => result.Run.Floor).Distinct()])];
        _references = [.. references.Where(item => item.Values is [not null]).Select(item => new ChartReference(item.Name, item.Values[0]!.Value))];
        Arrange();
    }

    /// <summary>What follows from the address, too.</summary>
    private void Arrange()
    {
        _isStale = true;
        if (_results.Length == 0)
        {
            return;
        }

        if (_layout is null || _layoutRows != RowPaths)
        {
            _layout = SuiteLayout.OfSelection(_runs, RowPaths?.Split(',', StringSplitOptions.RemoveEmptyEntries));
            _layoutRows = RowPaths;
        }

        // An address may name the baseline by a run of it, or by its row.
        var row = RowOf(Baseline) ?? _layout.UsualBaseline;
        _matrix = SuiteMatrix.Of(_layout, _runs, row);
        _shown = ShownGroup.Of(_groups, LookOf);
        _curves = CurveGroup.Of(_shown, Metric.Name);
        var named = _groups.ToList().FindIndex(group => group.Runs.Any(result => result.Run.Id.Value == Baseline));
        _baseline = named >= 0 ? named : Math.Max(0, _groups.ToList().FindIndex(group => _layout.PlaceOf(group.Runs[0].Run.Id)?.Row == row));
    }

    private (string Colour, string Details) LookOf(SeedGroup group)
    {
        var (row, column) = _layout!.PlaceOf(group.Runs[0].Run.Id)!.Value;
        string[] details = [_layout.Rows[row].Details, _layout.Columns.Count > 1 ? _layout.Columns[column].Details : ""];
        return (RunFacts.Colour(_layout.Rows[row]), string.Join(", ", details.Where(text => text.Length > 0)));
    }

    private int? RowOf(string? baseline) => _layout!.Rows.Index().Where(row => row.Item.Key == baseline).Select(row => (int?)row.Index).FirstOrDefault()
        ?? (RunId.TryParse(baseline ?? "", CultureInfo.InvariantCulture, out var id) ? _layout.PlaceOf(id)?.Row : null);

    /// <summary>Takes runs that were queued into the selection, as far as it can hold them.</summary>
    private void Include(IReadOnlyList<RunId> queued) => Addresses.NavigateTo(Urls.With(Addresses, ("runs", string.Join(',', Ids.Concat(queued).Take(MostRuns)))), replace: true);

    private void SetBaseline(ChangeEventArgs change) => Go("baseline", (string?)change.Value);

    private void Go(string key, string? value) => Addresses.NavigateTo(Urls.With(Addresses, (key, value)), replace: true);
}
