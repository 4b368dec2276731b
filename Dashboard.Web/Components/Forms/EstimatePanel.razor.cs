using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Forms;

/// <summary>What a run will cost.</summary>
public sealed partial class EstimatePanel : ComponentBase
{
    // Neighbours differ in lightness; the order is not a scale.
    private static readonly string[] Colours = ["--seq-4", "--seq-3", "--seq-6", "--seq-7", "--seq-5", "--seq-8"];

    /// <summary>Whether it belongs to earlier values, because those now typed do not fit.</summary>
    [Parameter]
    public bool IsOutdated { get; set; }

    [CascadingParameter]
    internal RunEstimate Estimate { get; set; } = null!;

    private IEnumerable<(string Name, long Count, double Share, string Colour)> Parts => Estimate.Cost.Parts
        .Select((part, index) => (part.Part, part.Count, (double)part.Count / Estimate.Cost.ParameterCount, Colours[index % Colours.Length]));
}
