using Crossbench.Runs;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Crossbench.Web;

/// <summary>Messages after what was done to runs.</summary>
internal static class RunNotices
{
    private const int TimeToUndo = 12_000;

    /// <summary>Says that runs were deleted, with a way to take them back.</summary>
    /// <param name="notifications">Where it is said.</param>
    /// <param name="store">The store.</param>
    /// <param name="receiver">The component whose user did it.</param>
    /// <param name="gone">The deleted runs.</param>
    /// <param name="left">Runs that stayed because they have not ended.</param>
    /// <param name="onBack">What to do once they are back.</param>
    public static void Deleted(NotificationService notifications, IRunStore store, object receiver, IReadOnlyList<RunId> gone, int left, Func<Task> onBack)
    {
        NotificationMessage? told = null;
        var undo = EventCallback.Factory.Create(receiver, () =>
        {
            var back = store.Trash(gone, deleted: false);
            notifications.Messages.Remove(told!);
            notifications.Notify(NotificationSeverity.Info, $"{Format.Plural(back.Count, "run")} taken back", back.Count == gone.Count ? "" : $"{Format.Plural(gone.Count - back.Count, "run")} were back already, or are gone for good.");
            return onBack();
        });
        told = new NotificationMessage
        {
            Severity = NotificationSeverity.Info,
            Summary = $"Deleted {Format.Plural(gone.Count, "run")}",
            DetailContent = _ => builder =>
            {
                builder.AddContent(0, left == 0 ? "" : $"{Format.Plural(left, "run")} in the queue or running stayed. ");
                builder.OpenElement(1, "button");
                builder.AddAttribute(2, "type", "button");
                builder.AddAttribute(3, "class", "lk undo");
                builder.AddAttribute(4, "onclick", undo);
                builder.AddContent(5, "Undo");
                builder.CloseElement();
                builder.AddContent(6, $". For {RunTrash.Kept.Days} days they are under is:deleted.");
            },
            Duration = TimeToUndo,
        };
        notifications.Notify(told);
    }
}
