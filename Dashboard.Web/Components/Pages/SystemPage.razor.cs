using System.Globalization;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Web.Live;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Pages;

/// <summary>The machine, the workers, the store, the settings of this server, and what there is to worry about.</summary>
public sealed partial class SystemPage : LiveComponent
{
    private const int RecentRuns = 50;
    private const int ShownWarnings = 50;
    private readonly Dictionary<RunId, (DateTimeOffset? Ended, long Step, IReadOnlyList<RunLogEntry> Warnings)> _known = [];
    private IReadOnlyList<(RunRecord Run, long? Memory)> _running = [];
    private IReadOnlyList<(RunRecord Run, RunLogEntry Entry)> _warnings = [];
    private IReadOnlyList<ServerLine> _server = [];
    private EnvironmentRecord? _trained;
    private int _queued;
    private int _busy;
    private int _looked;

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private ServeOptions Options { get; set; } = null!;

    [Inject]
    private DeviceSlots Slots { get; set; } = null!;

    [Inject]
    private WorkerPatience Patience { get; set; } = null!;

    [Inject]
    private ServerLog Log { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => WatchAsync(null, ReloadAsync);

    private static string Moment(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private bool IsSilent(RunRecord run) => run.HeartbeatAt is { } beat && Time.GetUtcNow() - beat > Patience.Silence;

    private Task ReloadAsync(CancellationToken cancellation)
    {
        _running = [.. Store.Query(new RunQuery { Statuses = [RunStatus.Running], Archived = null }).Runs.Select(run => (run, MachineNow.MemoryOf(run.ProcessId)))];
        _queued = Store.Tally().GetValueOrDefault(RunStatus.Queued);
        var recent = Store.Query(new RunQuery { Order = RunOrder.Newest, Archived = null, Limit = RecentRuns }).Runs;
        (_looked, _busy) = (recent.Count, recent.Count(run => run.BusyMachine));
        _warnings = [.. recent.SelectMany(run => WarningsOf(run).Select(entry => (run, entry))).OrderByDescending(item => item.entry.At).Take(ShownWarnings)];
        _trained = recent.Where(run => run.Source.Length == 0 && run.StartedAt is not null).OrderByDescending(run => run.StartedAt).Select(run => Store.Environments(run.Id) is [.., var last] ? last : null).FirstOrDefault(found => found is not null);
        _server = Log.Lines;
        return Task.CompletedTask;
    }

    /// <summary>Warnings of a run; its log is read again only when the run has gone on.</summary>
    private IReadOnlyList<RunLogEntry> WarningsOf(RunRecord run)
    {
        if (!_known.TryGetValue(run.Id, out var known) || known.Ended != run.EndedAt || known.Step != run.Step)
        {
            _known[run.Id] = known = (run.EndedAt, run.Step, [.. Store.ReadLog(run.Id, -1).Where(entry => entry.IsWarning)]);
        }

        return known.Warnings;
    }
}
