using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>A table twin of a chart; a long one begins with its first rows.</summary>
public sealed partial class MetricTableView : ComponentBase
{
    // The bins of a histogram are all shown; there can be a dozen strips of hundreds of tokens.
    private const int FirstRows = 32;
    private bool _isWhole;

    /// <summary>The table.</summary>
    [Parameter, EditorRequired]
    public MetricTable Table { get; set; } = null!;
}
