using System.Globalization;
using Crossbench.Launching;
using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Crossbench.Suites;
using Crossbench.Training;
using Crossbench.Web.Components.Suites;
using Crossbench.Web.Live;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>One suite, live: its state, what can be done with all of it, and its runs in one of several views.</summary>
public sealed partial class SuiteDetails : LiveComponent
{
    private SuiteRecord? _suite;
    private string? _watched;
    private IReadOnlyList<PlannedRun> _planned = [];
    private IReadOnlyList<RunRecord> _runs = [];
    private SuiteTally _tally = SuiteTally.Of([]);
    private SuiteLayout? _layout;
    private string? _layoutRows;
    private SuiteMatrix? _matrix;
    private readonly Dictionary<RunId, double?> _seconds = [];
    private MeasuredSpeeds? _speeds;
    private double? _left;
    private double _share;
    private bool _isEnded;
    private int _unknown;
    private int _reused;
    private int _speedsAt = -1;
    private string _note = "";
    private string _announcement = "";

    /// <summary>Id of the suite, from the address.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    [SupplyParameterFromQuery(Name = "rows")]
    private string? RowPaths { get; set; }

    [SupplyParameterFromQuery(Name = "baseline")]
    private string? Baseline { get; set; }

    [SupplyParameterFromQuery(Name = "col")]
    private string? ColumnKey { get; set; }

    [SupplyParameterFromQuery(Name = "by")]
    private string? Cost { get; set; }

    [SupplyParameterFromQuery(Name = "gate")]
    private string? Gate { get; set; }

    [SupplyParameterFromQuery(Name = "run")]
    private string? ShownRun { get; set; }

    [SupplyParameterFromQuery(Name = "table")]
    private bool IsTable { get; set; }

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private SuiteFolder Folder { get; set; } = null!;

    [Inject]
    private ISuiteStore SuiteStore { get; set; } = null!;

    [Inject]
    private DeviceSlots Slots { get; set; } = null!;

    private SuiteViewState State => new(ColumnKey, Cost, Gate, ShownRun, IsTable);

    private string CurrentView => SuiteViews.All.Any(view => view.Name == View) ? View! : SuiteViews.Matrix;

    private int Seeds => _runs.Select(run => run.Spec.Seed).Distinct().Count();

    private string[] Datasets => [.. _runs.Select(run => run.Spec.Dataset.Id).Distinct()];

    private string Percent => Math.Round(100 * _share).ToString(CultureInfo.InvariantCulture);

    private string BrokenHref => Urls.RunsOf([.. _runs.Where(run => run.Status is RunStatus.Failed or RunStatus.Diverged).Select(run => run.Id).Take(50)]);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Id == _watched)
        {
            Show();
            return;
        }

        (_watched, _layout, _planned, _runs, _announcement) = (Id, null, [], [], "");
        await WatchAsync(null, ReloadAsync);
        if (_suite is not null)
        {
            await LookForReusedAsync(_suite);
        }
    }

    private Task ReloadAsync(CancellationToken cancellation)
    {
        _suite = SuiteStore.FindSuiteById(Id);
        if (_suite is null)
        {
            return Task.CompletedTask;
        }

        var before = (_runs, _tally);
        _runs = SuiteMembers.Of(SuiteStore, Id, _planned, _runs);
        if (!before._runs.Select(run => (run.Id, run.SpecHash)).SequenceEqual(_runs.Select(run => (run.Id, run.SpecHash))))
        {
            _layout = null;
        }

        _tally = SuiteTally.Of(_runs);
        _reused = _runs.Count(run => run.Suite?.Id != Id);
        if (before._runs.Count > 0 && before._tally.State != _tally.State && _tally.State is { } state)
        {
            _announcement = $"The suite is {Format.Status(state).ToLowerInvariant()}: {_tally.Of(RunStatus.Completed)} of {_runs.Count} runs are done.";
        }

        Estimate();
        Show();
        return Task.CompletedTask;
    }

    /// <summary>Runs that were reused are not the suite's own: its file tells which it stands for.</summary>
    private async Task LookForReusedAsync(SuiteRecord suite)
    {
        var plan = await Task.Run(() => SuiteExpander.Expand(suite.File, System.Text.Encoding.UTF8.GetBytes(suite.Source), new SuiteContext { ReadFile = Folder.ReadBeside }));
        if (Id != suite.Id)
        {
            return;
        }

        _note = plan.FileProblems is [var problem, ..] ? $"Its file cannot be read as it was: {problem}. Runs that were reused from outside are not shown." : "";
        _planned = plan.FileProblems.Count > 0 ? [] : plan.Runs;
        await ReloadAsync(CancellationToken.None);
    }

    /// <summary>Queues runs behind the last of the suite, whose file stays as it is.</summary>
    private IReadOnlyList<RunId> QueueBehind(IReadOnlyList<RunSpec> specs)
    {
        var next = SuiteStore.RunsOf(Id, _runs).Select(run => run.Suite!.Index).DefaultIfEmpty(-1).Max() + 1;
        return SuiteStore.QueueSuite(new SuiteText(_suite!.Name, _suite.File, _suite.Source, _suite.IsCompatible), [.. specs.Select((spec, i) => (spec, next + i))], []).Added;
    }

    private void Estimate()
    {
        // Speeds are measured by runs that have ended: looked up again only when there are more of them.
        if (_speedsAt != _tally.Of(RunStatus.Completed))
        {
            (_speeds, _speedsAt) = (new MeasuredSpeeds(Store), _tally.Of(RunStatus.Completed));
            _seconds.Clear();
        }

        var open = _runs.Where(run => !run.Status.IsEnded()).ToArray();
        var seconds = open.Select(run => RunFacts.Left(run) ?? (SecondsOf(run) * (1 - RunFacts.Progress(run)))).ToArray();
        _unknown = seconds.Count(item => item is null);
        _left = seconds.All(item => item is null) ? null : seconds.OfType<double>().Sum() / Slots.Cpu;
        _isEnded = open.Length == 0;
        _share = new SuiteProgress([.. _runs]).Share;
    }

    /// <summary>Seconds of a whole run as others tell, looked up once: there can be a thousand that wait.</summary>
    private double? SecondsOf(RunRecord run) => _seconds.TryGetValue(run.Id, out var known) ? known : _seconds[run.Id] = _speeds!.SecondsOf(run.Spec);

    private void Show()
    {
        if (_suite is null)
        {
            return;
        }

        if (_layout is null || _layoutRows != RowPaths)
        {
            _layout = SuiteLayout.Of(_runs, RowPaths?.Split(',', StringSplitOptions.RemoveEmptyEntries));
            _layoutRows = RowPaths;
        }

        var chosen = _layout.Rows.Index().Where(row => row.Item.Key == Baseline).Select(row => row.Index).FirstOrDefault(_layout.Rows.Count == 0 ? 0 : _layout.UsualBaseline);
        _matrix = SuiteMatrix.Of(_layout, _runs, chosen);
    }
}
