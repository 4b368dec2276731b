using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>The tokens of one fixed sequence, tinted by a value each.</summary>
public sealed partial class TokenStrip : ComponentBase
{
    private int _layer;

    /// <summary>The measurement, a row each layer.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    /// <summary>Token ids of the sequence.</summary>
    [Parameter]
    public IReadOnlyList<float> Sample { get; set; } = [];

    private float[] Values => Rows.Rows[Math.Min(_layer, Rows.Rows.Count - 1)].Values;

    private string Id => "strip-" + Rows.Metric.Name.Replace('.', '-');

    private void Choose(ChangeEventArgs change) => _layer = int.Parse((string)change.Value!, CultureInfo.InvariantCulture);

    private string Text(int position) => position < Sample.Count ? ((long)Sample[position]).ToString(CultureInfo.InvariantCulture) : "";

    private int Shade(float value)
    {
        var (low, high) = Rows.Metric.Bins;
        return float.IsFinite(value) ? (int)Math.Round(8 * Math.Clamp((value - low) / (high - low), 0, 1)) : 0;
    }
}
