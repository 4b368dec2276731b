using System.Globalization;
using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Training;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Radzen;

namespace Crossbench.Web.Components.Suites;

/// <summary>Queues the specifications of some runs with further seeds; says before how many runs that is, how long they take, and what is left out.</summary>
public sealed partial class AddSeeds : ComponentBase
{
    private const int MostRefused = 5;
    private IReadOnlyList<RunRecord> _planned = [];
    private FurtherSeeds? _plan;
    private double _seconds;
    private bool _isRough;
    private bool _isOpen;
    private bool _isBusy;
    private int _count = 3;
    private string _problem = "";

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunRecord> Runs { get; set; } = [];

    /// <summary>Queues all of them at once; without it each is queued by itself.</summary>
    [Parameter]
    public Func<IReadOnlyList<RunSpec>, IReadOnlyList<RunId>>? Queue { get; set; }

    /// <summary>Called with the runs that were queued.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<RunId>> OnQueued { get; set; }

    [Inject]
    private IRunStore Store { get; set; } = null!;

    [Inject]
    private IRunLauncher Launcher { get; set; } = null!;

    [Inject]
    private DeviceSlots Slots { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_isOpen && !Runs.Select(run => (run.Id, run.SpecHash)).SequenceEqual(_planned.Select(run => (run.Id, run.SpecHash))))
        {
            Plan();
        }
    }

    private static string Range(IReadOnlyList<long> seeds) => seeds.Count == 1 ? $"Seed {seeds[0]}" : string.Create(CultureInfo.InvariantCulture, $"Seeds {seeds[0]} to {seeds[^1]}");

    private string Sentence(FurtherSeeds plan) => plan.Specs.Count == 0 ? "There is nothing to queue."
        : $"{Range(plan.Seeds)} for {Format.Plural(plan.Specs.Count / plan.Seeds.Count, "specification")}: {Format.Plural(plan.Specs.Count, "run")}, {(_isRough ? "very roughly" : "about")} {Format.Duration(_seconds / Slots.Cpu)} with {Format.Plural(Slots.Cpu, "worker")}.";

    private void Toggle()
    {
        _isOpen = !_isOpen;
        if (_isOpen)
        {
            Plan();
        }
    }

    private void CloseOnEscape(KeyboardEventArgs key) => _isOpen &= key.Key != "Escape";

    private void Count(ChangeEventArgs change)
    {
        var isCount = int.TryParse((string?)change.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= FurtherSeeds.Most;
        _problem = isCount ? "" : $"\"{change.Value}\" is no number of seeds. Use 1 to {FurtherSeeds.Most}.";
        if (isCount)
        {
            _count = count;
            Plan();
        }
    }

    private void Plan()
    {
        _planned = Runs;
        _plan = FurtherSeeds.Of(Runs, _count);
        var speeds = new MeasuredSpeeds(Store);
        var estimates = _plan.Specs.Select(speeds.Estimate).ToArray();
        (_seconds, _isRough) = (estimates.Sum(item => item.Seconds), estimates.Any(item => item.Source != SpeedSource.SameKind));
    }

    private async Task QueueAsync()
    {
        _isBusy = true;
        var queued = new List<RunId>();
        try
        {
            queued.AddRange(Queue?.Invoke(_plan!.Specs) ?? []);
            foreach (var spec in Queue is null ? _plan!.Specs : [])
            {
                queued.Add(await Launcher.EnqueueAsync(spec));
            }

            Notifications.Notify(NotificationSeverity.Info, $"Queued: {Format.Plural(queued.Count, "run")}", $"{Range(_plan!.Seeds)}.");
            _isOpen = false;
        }
        catch (Exception error) when (error is RunStoreException or SpecException)
        {
            Notifications.Notify(NotificationSeverity.Error, queued.Count == 0 ? "Nothing was queued" : $"{Format.Plural(queued.Count, "run")} of {_plan!.Specs.Count} were queued", error.Message);
        }
        finally
        {
            _isBusy = false;
        }

        if (queued.Count > 0)
        {
            await OnQueued.InvokeAsync(queued);
        }
    }
}
