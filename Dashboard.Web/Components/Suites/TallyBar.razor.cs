using Crossbench.Runs;
using Crossbench.Web.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>The runs of a suite as a bar, a part for each state.</summary>
public sealed partial class TallyBar : ComponentBase
{
    /// <summary>The runs.</summary>
    [Parameter, EditorRequired]
    public SuiteTally Tally { get; set; } = null!;

    private IEnumerable<(string Css, int Count)> Parts => ((string, int)[])
    [
        ("d", Tally.Of(RunStatus.Completed)), ("r", Tally.Of(RunStatus.Running)), ("p", Tally.Of(RunStatus.Paused) + Tally.Of(RunStatus.Interrupted) + Tally.Of(RunStatus.Stopped)),
        ("f", Tally.Broken), ("w", Tally.Of(RunStatus.Queued)),
    ];

    private string Words => Tally.Total == 0 ? "no runs" : string.Join(", ", Tally.Counts.OrderBy(pair => pair.Key).Select(pair => $"{Format.Count(pair.Value)} {Format.Status(pair.Key).ToLowerInvariant()}"));
}
