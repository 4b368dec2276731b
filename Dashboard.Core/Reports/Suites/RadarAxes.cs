using System.Globalization;

namespace Crossbench.Reports.Suites;

/// <summary>One figure of several specifications, set against the baseline.</summary>
/// <param name="Name">What it is.</param>
/// <param name="MoreIsBetter">Whether a larger value is better.</param>
/// <param name="Values">The values, one for each specification; null where there is none.</param>
public sealed record RadarAxis(string Name, bool MoreIsBetter, IReadOnlyList<double?> Values)
{
    /// <summary>The ratio at the rim, and at its reciprocal the centre: what lies beyond is drawn there.</summary>
    public const double Rim = 4;

    /// <summary>How many times as good a value is as the baseline's: above 1 is better. Null where either is absent or not positive.</summary>
    public double? Ratio(int index, int baseline) => Values[index] is > 0 and var own && Values[baseline] is > 0 and var other ? MoreIsBetter ? own / other : other / own : null;

    /// <summary>Where a ratio is drawn: 0 at the centre, 0.5 as good as the baseline, 1 at the rim; equal ratios are equal distances.</summary>
    public static double Radius(double ratio) => Math.Clamp(0.5 + (Math.Log(ratio) / (2 * Math.Log(Rim))), 0, 1);

    /// <summary>A ratio in words: 1.25×.</summary>
    public static string Text(double? ratio) => ratio is { } known ? known.ToString("0.00", CultureInfo.InvariantCulture) + "×" : Figures.Unknown;
}
