namespace Crossbench.Web.Components.Charts;

/// <summary>A horizontal line to compare with, named in the right margin.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Where it lies.</param>
public sealed record ChartReference(string Name, double Value)
{
    /// <summary>Lines for the loss at chance and the smallest reachable one, as far as they are known.</summary>
    public static IReadOnlyList<ChartReference> Of(double? chance, double? floor) =>
        [.. new (string Name, double? Value)[] { ("chance", chance), ("floor", floor) }.Where(item => item.Value is not null).Select(item => new ChartReference(item.Name, item.Value!.Value))];
}

/// <summary>A name at the end of a line, in the right margin.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">Where the line ends.</param>
/// <param name="Colour">Colour of the text, as a CSS variable.</param>
public sealed record ChartLabel(string Name, double Value, string Colour);

/// <summary>What surrounds the lines of a chart: axes, reference lines, and the part of the run that is still to come.</summary>
public sealed record ChartFrame
{
    /// <summary>Smallest and largest position; the chart decides when absent.</summary>
    public (double Low, double High)? X { get; init; }

    /// <summary>Smallest and largest value; the chart decides when absent.</summary>
    public (double Low, double High)? Y { get; init; }

    /// <summary>Whether the values are on a logarithmic scale.</summary>
    public bool IsLog { get; init; }

    /// <summary>Whether positions are on a logarithmic scale.</summary>
    public bool IsLogX { get; init; }

    /// <summary>Whether the pointer shows all lines at its position, and not the nearest alone.</summary>
    public bool IsUnified { get; init; } = true;

    /// <summary>Number format of positions, in d3's notation.</summary>
    public string XFormat { get; init; } = ",";

    /// <summary>Where the unspent part begins; it reaches to the end of the axis.</summary>
    public double? UnspentFrom { get; init; }

    /// <summary>Reference lines.</summary>
    public IReadOnlyList<ChartReference> References { get; init; } = [];

    /// <summary>Names at the ends of lines.</summary>
    public IReadOnlyList<ChartLabel> Labels { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(ChartFrame? other) => other is not null && X == other.X && Y == other.Y && (IsLog, IsLogX, IsUnified, XFormat) == (other.IsLog, other.IsLogX, other.IsUnified, other.XFormat)
        && UnspentFrom == other.UnspentFrom && References.SequenceEqual(other.References) && Labels.SequenceEqual(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(X, Y, IsLog, XFormat, UnspentFrom, References.Count);

    /// <summary>
    /// A range that holds all values and those reference lines that are near: a line further away than <paramref name="reach"/> times the span of the values
    /// stays outside and is named as such.
    /// </summary>
    public static (double Low, double High)? RangeOf(IEnumerable<double> values, IReadOnlyList<ChartReference> references, bool isLog, double reach = 0.6)
    {
        var finite = values.Where(value => double.IsFinite(value) && (!isLog || value > 0)).Select(value => isLog ? Math.Log10(value) : value).ToArray();
        if (finite.Length == 0)
        {
            return null;
        }

        var (low, high) = (finite.Min(), finite.Max());
        var span = Math.Max(high - low, 0.1 * Math.Max(Math.Abs(high), 0.1));
        foreach (var value in references.Where(reference => !isLog || reference.Value > 0).Select(reference => isLog ? Math.Log10(reference.Value) : reference.Value))
        {
            low = value < low && low - value <= reach * span ? value : low;
            high = value > high && value - high <= reach * span ? value : high;
        }

        // In steps of a twentieth, so that the axis does not move with every point.
        var pad = 0.05 * Math.Max(high - low, span);
        var (bottom, top) = (Math.Floor((low - pad) / pad) * pad, Math.Ceiling((high + pad) / pad) * pad);
        return isLog ? (Math.Pow(10, bottom), Math.Pow(10, top)) : (bottom, top);
    }
}
