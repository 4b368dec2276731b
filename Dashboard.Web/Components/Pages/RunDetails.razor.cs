using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Diagnostics;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>One run, live: state, facts, curves, configuration, events. Each change reads on from its cursors.</summary>
public sealed partial class RunDetails : LiveComponent
{
    private const string DiagnosticsName = "diagnostics";
    private const string AuxiliaryName = "auxiliary";
    private const int ShownEvents = 200;
    private const int ShownCheckpoints = 20;
    private readonly List<RunLogEntry> _log = [];
    private RunRecord? _run;
    private EvaluationRecord? _evaluation;
    private RunDiagnostics? _diagnostics;
    private IReadOnlyList<SmallSeries> _small = [];
    private IReadOnlyList<CurveGroup> _loss = [];
    private IReadOnlyList<ChartReference> _references = [];
    private IReadOnlyList<(long Step, string Text)> _marks = [];
    private IReadOnlyList<FullChart> _charts = [];
    private int _generation;
    private bool _isBlank;
    private IReadOnlyList<CheckpointRecord> _checkpoints = [];
    private RunId _watched;
    private bool _isGone;
    private DateTimeOffset? _startedAt;
    private long? _stepAtStart;
    private string _announcement = "";

    /// <summary>Id of the run, from the address.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "chart")]
    private string? OpenCharts { get; set; }

    [SupplyParameterFromQuery(Name = "table")]
    private bool Table { get; set; }

    [SupplyParameterFromQuery(Name = "view")]
    private string? View { get; set; }

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    [Inject]
    private DataFolder Folder { get; set; } = null!;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private bool IsDiagnostics => View == DiagnosticsName;

    private string Percent => Math.Round(100 * RunFacts.Progress(_run!)).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RunId.TryParse(Id, CultureInfo.InvariantCulture, out var id))
        {
            _run = null;
            return;
        }

        if (id != _watched)
        {
            _watched = id;
            Open(id);
            await WatchAsync(id, ReloadAsync);
        }

        ReadDiagnostics();
    }

    private void Open(RunId id)
    {
        _log.Clear();
        _checkpoints = [];
        _announcement = "";
        _run = Store.Find(id);
        _startedAt = _run?.StartedAt;
        (_evaluation, _loss, _marks, _charts) = (null, _run is null ? [] : [CurveGroup.Of(_run, TrainingMetrics.TrainLoss)], [], []);
        _diagnostics = _run is null ? null : new RunDiagnostics(Store, Folder, _run, Time);
        _small = _run is null ? [] :
        [
            new SmallSeries(Store, id, TrainingMetrics.TokensPerSecond, Format.Measured),
            new SmallSeries(Store, id, TrainingMetrics.GradientNorm, Format.Measured),
            new SmallSeries(Store, id, TrainingMetrics.LearningRate, Format.Measured),
        ];
    }

    private void ReadDiagnostics()
    {
        if (IsDiagnostics && _run is not null)
        {
            _diagnostics?.ReadOn(_run);
        }
    }

    private bool IsOpen(string chart) => (OpenCharts ?? "").Split(',').Contains(chart);

    private string ToggleHref(string chart)
    {
        var open = (OpenCharts ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        return Urls.With(Addresses, ("chart", string.Join(',', open.Contains(chart) ? open.Where(name => name != chart) : open.Append(chart))));
    }

    private void ReadCharts(RunRecord run)
    {
        _evaluation = Store.ReadEvaluations(run.Id, _evaluation?.Step ?? -1).LastOrDefault(item => item.Set == Evaluated.OwnSet) ?? _evaluation;
        _references = ChartReference.Of(run.Chance, run.Floor);
        var marks = RunMarks.Of(Store, run);
        _marks = marks.SequenceEqual(_marks) ? _marks : marks;
        var names = _charts.Count > 0 && _charts[^1].Name == AuxiliaryName ? [] : Store.Metrics(run.Id).Where(name => name.StartsWith("aux.", StringComparison.Ordinal) && name.EndsWith(".scaled", StringComparison.Ordinal)).ToArray();
        if (_charts.Count == 0 || names.Length > 0)
        {
            var auxiliary = TrainingMetrics.Of(run.Spec).Where(metric => names.Contains(metric.Name)).Select((metric, i) => CurveGroup.Of(run, metric, $"--cat-{(i % 12) + 1}")).ToArray();
            _charts =
            [
                .. _small.Select(series => new FullChart(series.Metric.Name, series.Metric.Label, series.Metric.Unit, [CurveGroup.Of(run, series.Metric)], series.Metric != TrainingMetrics.LearningRate)),
                .. auxiliary.Length > 0 ? [new FullChart(AuxiliaryName, "Auxiliary losses", "nats, scaled", auxiliary, true)] : Array.Empty<FullChart>(),
            ];
        }
    }

    private Task ReloadAsync(CancellationToken cancellation)
    {
        var before = _run?.Status;
        var now = Store.Find(_watched);
        _isGone = now is null;
        if (now is null)
        {
            // What was read of it stays on the page, and so does what somebody is typing about it.
            return Task.CompletedTask;
        }

        _run = now;

        if (GoesOnFromCheckpoint(_run))
        {
            Open(_watched);
            _generation++;
        }

        _isBlank = _run is { Step: 0, EvalLoss: null, TrainLoss: null } && Store.Metrics(_watched).Count == 0;
        ReadCharts(_run);
        ReadDiagnostics();
        foreach (var series in _small)
        {
            series.ReadOn();
        }

        _log.AddRange(Store.ReadLog(_watched, _log.Count == 0 ? -1 : _log[^1].Number));
        _checkpoints = Store.Checkpoints(_watched);
        if (before is { } earlier && earlier != _run.Status)
        {
            _announcement = $"{Format.Status(_run.Status)} at step {Format.Count(_run.Step)}. {_run.Reason}";
        }

        return Task.CompletedTask;
    }

    // A worker that goes on from a checkpoint first takes back what was recorded after it: from its first step on, all has to be read again.
    private bool GoesOnFromCheckpoint(RunRecord run)
    {
        if (run.StartedAt != _startedAt)
        {
            (_startedAt, _stepAtStart) = (run.StartedAt, run.Step);
        }

        if (_stepAtStart is not { } step || run.Step == step)
        {
            return false;
        }

        _stepAtStart = null;
        return true;
    }

    private string Clock(DateTimeOffset at) => Local(at).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private string Moment(DateTimeOffset at) => Local(at).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Time.LocalTimeZone);

    private sealed record FullChart(string Name, string Title, string Unit, IReadOnlyList<CurveGroup> Groups, bool IsSmooth);
}
