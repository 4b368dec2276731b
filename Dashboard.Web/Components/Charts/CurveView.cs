using System.Globalization;

namespace Crossbench.Web.Components.Charts;

/// <summary>What the horizontal axis of a training chart counts.</summary>
public enum CurveAxis
{
    /// <summary>Optimiser steps.</summary>
    Step,

    /// <summary>Tokens trained on.</summary>
    Tokens,

    /// <summary>Training time.</summary>
    Time,
}

/// <summary>How a training chart is shown, as its address says.</summary>
/// <param name="Axis">What the horizontal axis counts.</param>
/// <param name="Smoothing">Weight of the past in the smooth line; 0 for none.</param>
/// <param name="IsLog">Whether the loss is on a logarithmic scale.</param>
public sealed record CurveView(CurveAxis Axis, double Smoothing, bool IsLog)
{
    /// <summary>The weights that the slider goes through.</summary>
    public static IReadOnlyList<double> Weights { get; } = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];

    /// <summary>How a chart opens.</summary>
    public static CurveView Default { get; } = new(CurveAxis.Step, 0.9, false);

    /// <summary>The view of an address; parts that are absent or not known are the default's.</summary>
    public static CurveView Of(string? axis, string? smoothing, bool isLog) => new(
        Enum.TryParse<CurveAxis>(axis, ignoreCase: true, out var known) ? known : Default.Axis,
        double.TryParse(smoothing, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && Weights.Contains(weight) ? weight : Default.Smoothing,
        isLog);
}
