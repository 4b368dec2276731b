using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>A status with its icon, word and colour.</summary>
public sealed partial class StatusLabel : ComponentBase
{
    /// <summary>The status.</summary>
    [Parameter, EditorRequired]
    public RunStatus Status { get; set; }

    /// <summary>A number before the word.</summary>
    [Parameter]
    public int? Count { get; set; }

    private string Text => Count is { } count ? $"{Format.Count(count)} {Format.Status(Status).ToLowerInvariant()}" : Format.Status(Status);

    private string IconName => Status == RunStatus.Completed ? "s-done" : $"s-{Status.ToString().ToLowerInvariant()}";
}
