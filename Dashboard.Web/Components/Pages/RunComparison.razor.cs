using System.Globalization;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Compare;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>Runs beside each other: curves, differences to a baseline, what it costs, and in what else they are not alike.</summary>
public sealed partial class RunComparison : LiveComponent
{
    private const int MostRuns = 200;
    private RunResult[] _results = [];
    private IReadOnlyList<SeedGroup> _groups = [];
    private IReadOnlyList<string> _names = [];
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

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

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
            _results = [];
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
        var known = _results.ToDictionary(result => result.Run.Id);
        if (known.Count > 0 && known.Values.All(result => result.Run.Status.IsEnded()))
        {
            return Task.CompletedTask;
        }

        var found = words.Take(MostRuns).Select(word => (Word: word, Result: RunId.TryParse(word, CultureInfo.InvariantCulture, out var id) ? Read(id, known.GetValueOrDefault(id)) : null)).ToArray();
        _missing = [.. found.Where(item => item.Result is null).Select(item => item.Word), .. words.Skip(MostRuns)];
        var results = found.Select(item => item.Result).OfType<RunResult>().ToArray();
        if (!results.SequenceEqual(_results))
        {
            _results = results;
            Group();
        }

        return Task.CompletedTask;
    }

    /// <summary>A run with what the tables need; the one of before when nothing that they show has changed.</summary>
    private RunResult? Read(RunId id, RunResult? former)
    {
        if (Store.Find(id) is not { } run)
        {
            return null;
        }

        if (former is not null && (former.Run.Status, former.Run.EvalLoss, former.Run.StartedAt, former.Run.Edition) == (run.Status, run.EvalLoss, run.StartedAt, run.Edition))
        {
            return former;
        }

        var result = RunResult.Read(Store, run, ResultDetail.Summary);
        return result with
        {
            Environments = Store.Environments(id),
            Final = [.. result.Final.Select(item => item.Summary.Set == Evaluated.OwnSet ? item with { Sequences = Store.ReadSequences(id, item.Summary.Set, item.Summary.Step) } : item)],
        };
    }

    /// <summary>What follows from the runs alone.</summary>
    private void Group()
    {
        _groups = SeedGroup.Of(_results);
        _names = CurveGroup.NamesOf(_groups);
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
        _curves = CurveGroup.Of(_groups, Metric.Name);
        _baseline = Math.Max(0, _groups.ToList().FindIndex(group => group.Runs.Any(result => result.Run.Id.Value == Baseline)));
    }

    private static string KeyOf(SeedGroup group) => group.Runs[0].Run.Id.Value;

    private void SetBaseline(ChangeEventArgs change) => Go("baseline", (string?)change.Value);

    private void Go(string key, string? value) => Addresses.NavigateTo(Urls.With(Addresses, (key, value)), replace: true);
}
