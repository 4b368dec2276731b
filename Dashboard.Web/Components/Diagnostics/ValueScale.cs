using Crossbench.Metrics;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>From values to places between two ends: those of the metric where it has any, else those of the values, no closer than can be read.</summary>
/// <param name="Low">Value at the lower end.</param>
/// <param name="High">Value at the upper end.</param>
internal readonly record struct ValueScale(double Low, double High)
{
    /// <summary>The strongest of the tints.</summary>
    public const int Strongest = 8;

    /// <summary>The scale of some values.</summary>
    /// <param name="values">The values; what is not finite does not count.</param>
    /// <param name="range">Ends that the metric has by nature.</param>
    /// <param name="least">Smallest distance of the ends, as a share of the largest magnitude: less is no difference worth showing.</param>
    public static ValueScale Of(IEnumerable<double> values, MetricRange? range, double least)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(range?.Low ?? range?.High ?? 0).ToArray();
        var (low, high) = (range?.Low ?? finite.Min(), range?.High ?? finite.Max());
        var magnitude = Math.Max(Math.Abs(low), Math.Abs(high));
        var missing = (magnitude > 0 ? least * magnitude : 1) - (high - low);
        return missing <= 0 ? new(low, high) : range switch
        {
            { Low: not null } => new(low, high + missing),
            { High: not null } => new(low - missing, high),
            _ => new(low - (missing / 2), high + (missing / 2)),
        };
    }

    /// <summary>Place between the ends, 0 to 1.</summary>
    public double Share(double value) => double.IsNaN(value) ? 0 : Math.Clamp((value - Low) / (High - Low), 0, 1);

    /// <summary>Tint of a value, 0 to <see cref="Strongest"/>.</summary>
    public int Shade(double value) => (int)Math.Round(Strongest * Share(value));
}
