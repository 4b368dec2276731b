using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

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

    /// <summary>The area between the lower and the upper ends.</summary>
    Band,

    /// <summary>Events on the horizontal axis, with their text under the pointer; values do not count.</summary>
    Marks,
}

/// <summary>A point with its 95 % interval.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct WhiskerPoint(double X, double Y, double Low, double High);

/// <summary>
/// One line of a chart. Its owner writes what is to be seen; the chart takes from it only what has changed since it last did.
/// </summary>
/// <param name="name">Name in the legend and under the pointer.</param>
/// <param name="colour">Colour, as a CSS variable.</param>
/// <param name="look">How it is drawn.</param>
/// <param name="dash">Its place among the lines of one colour: the first is solid, others are dashed.</param>
/// <param name="isQuiet">Whether the pointer passes over it.</param>
public sealed class ChartLine(string name, string colour, LineLook look, int dash = 0, bool isQuiet = false)
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

    /// <summary>Its place among the lines of one colour.</summary>
    public int Dash { get; } = dash;

    /// <summary>Whether the pointer passes over it.</summary>
    public bool IsQuiet { get; } = isQuiet;

    /// <summary>Its points now.</summary>
    public IReadOnlyList<WhiskerPoint> Points => _points;

    /// <summary>What to say of each point, for events.</summary>
    public IReadOnlyList<string> Texts { get; private set; } = [];

    /// <summary>Says what is to be seen now. The points that it has in common with what was there before are not drawn again.</summary>
    public void Show(IReadOnlyList<WhiskerPoint> points) => Show(points, index => points[index].Equals(_points[index]));

    /// <summary>Says which events are to be seen now.</summary>
    public void Show(IReadOnlyList<(double X, string Text)> marks)
    {
        var before = Texts;
        Texts = [.. marks.Select(mark => mark.Text)];
        Show([.. marks.Select(mark => new WhiskerPoint(mark.X, 0, 0, 0))], index => marks[index].X.Equals(_points[index].X) && marks[index].Text == before[index]);
    }

    private void Show(IReadOnlyList<WhiskerPoint> points, Func<int, bool> isSame)
    {
        var same = 0;
        while (same < points.Count && same < _points.Count && isSame(same))
        {
            same++;
        }

        if (same == points.Count && same == _points.Count)
        {
            return;
        }

        _points.RemoveRange(same, _points.Count - same);
        _points.AddRange(points.Skip(same));
        _changedFrom = _hasChanged ? Math.Min(_changedFrom, same) : same;
        _hasChanged = true;
    }

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
        var hasWhiskers = Look is LineLook.Points or LineLook.Band;
        return new LinePatch(
            index,
            from,
            [.. tail.Select(point => point.X)],
            [.. tail.Select(point => Known(point.Y))],
            hasWhiskers ? [.. tail.Select(point => Known(point.High - point.Y))] : null,
            hasWhiskers ? [.. tail.Select(point => Known(point.Y - point.Low))] : null,
            Look == LineLook.Marks ? [.. Texts.Skip(from)] : null);
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>New points of one line: it keeps the first <paramref name="From"/> points and gets these after them.</summary>
/// <param name="Line">Index of the line.</param>
/// <param name="From">Points to keep.</param>
/// <param name="X">Positions.</param>
/// <param name="Y">Values; null is a gap.</param>
/// <param name="Up">Length of the upper whiskers, if there are any.</param>
/// <param name="Down">Length of the lower whiskers, if there are any.</param>
/// <param name="Texts">What to say of each, if there is anything.</param>
public sealed record LinePatch(
    int Line, int From, [property: JsonIgnore] double[] X, [property: JsonIgnore] double?[] Y, [property: JsonIgnore] double?[]? Up, [property: JsonIgnore] double?[]? Down, string[]? Texts)
{
    /// <summary>Number of points.</summary>
    public int Count => X.Length;

    /// <summary>The numbers as they travel, one list after the other: a long line as text would take the browser longer to read than to draw. NaN is a gap.</summary>
    public byte[] Data => MemoryMarshal.AsBytes<double>([.. X, .. Numbers(Y), .. Numbers(Up), .. Numbers(Down)]).ToArray();

    private static IEnumerable<double> Numbers(double?[]? values) => (values ?? []).Select(value => value ?? double.NaN);
}
