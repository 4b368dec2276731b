using Crossbench.Runs;

namespace Crossbench.Web.Components.Charts;

/// <summary>What happened to a run, as events on the axis of its charts.</summary>
internal static class RunMarks
{
    private const int MostCheckpoints = 60;

    /// <summary>The events, ascending: where it starts from, checkpoints, interruptions of all kinds, and how it ended badly.</summary>
    public static IReadOnlyList<(long Step, string Text)> Of(IRunStore store, RunRecord run)
    {
        var marks = store.Checkpoints(run.Id).TakeLast(MostCheckpoints).Select(item => (item.Step, Text: $"Checkpoint at step {Format.Count(item.Step)}, {Format.Bytes(item.Bytes)}"))
            .Concat(store.History(run.Id).Where(change => Word(change.To) is not null).Select(change => (change.Step, Text: $"{Word(change.To)} at step {Format.Count(change.Step)}")));
        if (run.Spec.From is { } origin)
        {
            marks = marks.Prepend((0, $"Starts from {origin.Run}{(origin.Step is { } step ? $", step {Format.Count(step)}" : "")}"));
        }

        return [.. marks.GroupBy(mark => mark.Step).OrderBy(group => group.Key).Select(group => (group.Key, string.Join("<br>", group.Select(mark => mark.Text).Distinct())))];
    }

    private static string? Word(RunStatus status) => status switch
    {
        RunStatus.Paused => "Paused",
        RunStatus.Diverged => "Diverged",
        RunStatus.Interrupted => "Interrupted",
        RunStatus.Stopped => "Stopped",
        RunStatus.Failed => "Failed",
        _ => null,
    };
}
