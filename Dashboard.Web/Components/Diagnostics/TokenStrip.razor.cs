using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>The tokens of one fixed sequence as text, tinted by a value each.</summary>
public sealed partial class TokenStrip : ComponentBase
{
    private int _row;
    private ValueScale _scale;

    /// <summary>The measurement, a row each layer.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    /// <summary>The sequence.</summary>
    [Parameter, EditorRequired]
    public SampleText Sample { get; set; } = SampleText.None;

    private float[] Values => Rows.Rows[Math.Min(_row, Rows.Rows.Count - 1)].Values;

    private string Id => "strip-" + Rows.Metric.Name.Replace('.', '-');

    /// <inheritdoc/>
    protected override void OnParametersSet() => _scale = new ValueScale(Rows.Metric.Bins.Low, Rows.Metric.Bins.High);

    private void Choose(ChangeEventArgs change) => _row = int.Parse((string)change.Value!, CultureInfo.InvariantCulture);
}
