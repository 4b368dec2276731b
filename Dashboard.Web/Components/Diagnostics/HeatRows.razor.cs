using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Several numbers of a metric, a row each layer, tinted by size.</summary>
public sealed partial class HeatRows : ComponentBase
{
    private double _low;
    private double _high;

    /// <summary>The measurement.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var finite = Rows.Rows.SelectMany(row => row.Values).Where(float.IsFinite).Select(value => (double)value).DefaultIfEmpty().ToArray();
        (_low, _high) = (finite.Min(), finite.Max());
    }

    private int Shade(float value) => !float.IsFinite(value) || _high <= _low ? 0 : (int)Math.Round(8 * (value - _low) / (_high - _low));
}
