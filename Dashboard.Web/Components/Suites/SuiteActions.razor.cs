using Crossbench.Launching;
using Crossbench.Runs;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Crossbench.Web.Components.Suites;

/// <summary>What can be done with all runs of a suite at once.</summary>
public sealed partial class SuiteActions : ComponentBase
{
    private static readonly (string Title, string Format, string? Table)[] Forms =
    [
        ("One HTML page", "html", null), ("Markdown", "markdown", null), ("LaTeX tables", "latex", null), ("CSV, a row a run", "csv", null),
        ("CSV, all evaluations", "csv", "evaluations"), ("CSV, all series", "csv", "series"), ("JSON, TransBench's form", "json", null),
    ];

    private bool _isBusy;

    /// <summary>The suite.</summary>
    [Parameter, EditorRequired]
    public SuiteRecord Suite { get; set; } = null!;

    /// <summary>Its runs by status.</summary>
    [Parameter, EditorRequired]
    public SuiteTally Tally { get; set; } = null!;

    /// <summary>Further actions, before those that change nothing.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private ISuiteStore Suites { get; set; } = null!;

    [Inject]
    private IRunLauncher Launcher { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationService Notifications { get; set; } = null!;

    // Queued runs leave the queue first: else one would begin as soon as a running one has paused.
    private Task PauseAsync() => ActAsync("Paused", run => run.Status switch
    {
        RunStatus.Queued => Launcher.StopAsync(run.Id),
        RunStatus.Running => Launcher.PauseAsync(run.Id),
        _ => Task.FromResult(false),
    });

    private Task ResumeAsync() => ActAsync("Resumed", run => RunFacts.CanResume(run) ? Launcher.ResumeAsync(run.Id) : Task.FromResult(false));

    private async Task StopAsync()
    {
        var running = Tally.Of(RunStatus.Running);
        var question = $"Stop {Format.Plural(running + Tally.Of(RunStatus.Queued) + Tally.Of(RunStatus.Paused), "run")} of {Suite.Name}? Running ones save a checkpoint first. Resume queues them again, behind what waits by then.";
        if (await Dialogs.Confirm(question, "Stop", new ConfirmOptions { OkButtonText = "Stop all", CancelButtonText = "Keep going", CloseDialogOnEsc = true }) == true)
        {
            await ActAsync("Stopped", run => run.Status is RunStatus.Queued or RunStatus.Running or RunStatus.Paused ? Launcher.StopAsync(run.Id) : Task.FromResult(false));
        }
    }

    private async Task ActAsync(string word, Func<RunRecord, Task<bool>> act)
    {
        _isBusy = true;
        try
        {
            var done = 0;
            foreach (var run in Suites.RunsOf(Suite.Id).OrderBy(run => run.Status == RunStatus.Queued ? 0 : 1))
            {
                done += await act(run) ? 1 : 0;
            }

            Notifications.Notify(NotificationSeverity.Info, done == 0 ? "Nothing was done" : $"{word}: {Format.Plural(done, "run")}", done == 0 ? "The runs had changed their states just before." : "");
        }
        catch (RunStoreException error)
        {
            Notifications.Notify(NotificationSeverity.Error, "Not all runs were reached", error.Message);
        }
        finally
        {
            _isBusy = false;
        }
    }
}
