using Crossbench.Metrics;

namespace Crossbench.Web.Components.Charts;

/// <summary>How a line is drawn.</summary>
public enum LineLook
{
    /// <summary>The values themselves, faint, under the smooth line.</summary>
    Raw,

    /// <summary>The line to read.</summary>
    Smooth,

    /// <summary>Single points with 95 % whiskers.</summary>
    Points,
}

/// <summary>A point with its 95 % interval.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct WhiskerPoint(double X, double Y, double Low, double High);

/// <summary>
/// One line of a chart. Its owner writes points at the end or anew; the chart takes from it only what has changed since it last did.
/// </summary>
/// <param name="name">Name in the legend and under the pointer.</param>
/// <param name="colour">Colour, as a CSS variable.</param>
/// <param name="look">How it is drawn.</param>
public sealed class ChartLine(string name, string colour, LineLook look)
{
    private readonly List<WhiskerPoint> _points = [];
    private int _changedFrom;
    private bool _hasChanged;

    /// <summary>Name in the legend and under the pointer.</summary>
    public string Name { get; } = name;

    /// <summary>Colour, as a CSS variable.</summary>
    public string Colour { get; } = colour;

    /// <summary>How it is drawn.</summary>
    public LineLook Look { get; } = look;

    /// <summary>Its points now.</summary>
    public IReadOnlyList<WhiskerPoint> Points => _points;

    /// <summary>Replaces all points from an index on.</summary>
    public void Write(int from, IEnumerable<WhiskerPoint> points)
    {
        _points.RemoveRange(from, _points.Count - from);
        _points.AddRange(points);
        _changedFrom = _hasChanged ? Math.Min(_changedFrom, from) : from;
        _hasChanged = true;
    }

    /// <summary>Replaces all points from an index on by those of a down-sampled line.</summary>
    public void Write(int from, DownsampledLine line) => Write(from, line.Points.Skip(from).Select(point => new WhiskerPoint(point.X, point.Y, point.Y, point.Y)));

    /// <summary>What has changed since the last call, or null.</summary>
    internal LinePatch? Take(int index)
    {
        if (!_hasChanged)
        {
            return null;
        }

        _hasChanged = false;
        return PatchFrom(index, _changedFrom);
    }

    /// <summary>All of it, as for a new chart.</summary>
    internal LinePatch TakeAll(int index)
    {
        _hasChanged = false;
        return PatchFrom(index, 0);
    }

    private LinePatch PatchFrom(int index, int from)
    {
        var tail = _points[from..];
        var hasWhiskers = Look == LineLook.Points;
        return new LinePatch(
            index,
            from,
            [.. tail.Select(point => point.X)],
            [.. tail.Select(point => Known(point.Y))],
            hasWhiskers ? [.. tail.Select(point => Known(point.High - point.Y))] : null,
            hasWhiskers ? [.. tail.Select(point => Known(point.Y - point.Low))] : null);
    }

    // JSON has no numbers for these; null is a gap.
    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>New points of one line: it keeps the first <paramref name="From"/> points and gets these after them.</summary>
/// <param name="Line">Index of the line.</param>
/// <param name="From">Points to keep.</param>
/// <param name="X">Positions.</param>
/// <param name="Y">Values; null is a gap.</param>
/// <param name="Up">Length of the upper whiskers, if there are any.</param>
/// <param name="Down">Length of the lower whiskers, if there are any.</param>
public sealed record LinePatch(int Line, int From, double[] X, double?[] Y, double?[]? Up, double?[]? Down);
