using Crossbench.Reports.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Colour and shape of each row.</summary>
public sealed partial class RowLegend : ComponentBase
{
    /// <summary>The rows.</summary>
    [Parameter, EditorRequired]
    public SuiteLayout Layout { get; set; } = null!;
}
