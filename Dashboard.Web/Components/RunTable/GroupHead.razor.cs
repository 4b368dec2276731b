using Crossbench.Reports;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.RunTable;

/// <summary>The head of a group: what its runs have in common, how many of each status they are, and their mean where they differ in the seed alone.</summary>
public sealed partial class GroupHead : ComponentBase
{
    private static readonly (RunStatus[] Statuses, string Name, string Colour)[] Bars =
    [
        ([RunStatus.Completed, RunStatus.Stopped], "done", "--text-3"),
        ([RunStatus.Running], "running", "--success"),
        ([RunStatus.Paused, RunStatus.Interrupted], "look", "--warn"),
        ([RunStatus.Diverged, RunStatus.Failed], "broken", "--danger"),
    ];

    /// <summary>The group.</summary>
    [Parameter, EditorRequired]
    public RunGroup Group { get; set; } = null!;

    /// <summary>What it is a group of.</summary>
    [Parameter, EditorRequired]
    public RunGrouping Grouping { get; set; }

    /// <summary>Columns of the table, the box for selecting among them.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<RunColumn> Columns { get; set; } = [];

    /// <summary>Whether its runs are hidden.</summary>
    [Parameter]
    public bool IsClosed { get; set; }

    /// <summary>Called with its key to hide or show its runs.</summary>
    [Parameter]
    public EventCallback<string> OnToggle { get; set; }

    private string Title => Grouping switch
    {
        RunGrouping.Status => Enum.TryParse<RunStatus>(Group.Key, out var status) ? Format.Status(status) : Group.Title,
        _ when Group.Title.Length > 0 => Group.Title,
        RunGrouping.Suite => "No suite",
        _ => "No tags",
    };

    private string Words => string.Join(", ", Enum.GetValues<RunStatus>().Where(status => Group.Statuses.ContainsKey(status)).Select(status => $"{Format.Count(Group.Statuses[status])} {Format.Status(status).ToLowerInvariant()}"));

    private IEnumerable<(string Name, string Share, string Colour)> Parts => Bars
        .Select(bar => (bar.Name, Count: bar.Statuses.Sum(status => Group.Statuses.GetValueOrDefault(status)), bar.Colour))
        .Where(bar => bar.Count > 0)
        .Select(bar => (bar.Name, RunFacts.Width((double)bar.Count / Group.Count), bar.Colour));

    /// <summary>The mean says something only of runs that differ in nothing but the seed.</summary>
    private string? Mean => Grouping != RunGrouping.Family || Group.Seeds == 0 ? null
        : Group.Seeds == 1 ? $"eval loss {Format.Loss(Group.Mean)}, one seed"
        : $"eval loss {Format.ShortLoss(Group.Mean)} {Format.HalfWidth(Group.Mean - SeedGroup.HalfWidth(Group.Seeds, Group.Deviation), Group.Mean + SeedGroup.HalfWidth(Group.Seeds, Group.Deviation))}, {Group.Seeds} seeds";

    private string MeanHelp => Group.Seeds == 1 ? "One seed has no interval." : "Mean over the seeds that are done, with its 95 % t interval.";
}
