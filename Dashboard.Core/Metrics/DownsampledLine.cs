namespace Crossbench.Metrics;

/// <summary>A point of a line to draw; a value that is not finite is a gap.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
public readonly record struct LinePoint(double X, double Y);

/// <summary>
/// A line of any length, kept as smallest and largest value of each column of equally many points, so that every spike stays visible. Points are added at
/// the end; columns are merged in pairs when there are more points to draw than the limit. What is drawn changes only from some index on, so that a
/// chart can be told to keep the rest. Memory does not grow with the line.
/// </summary>
public sealed class DownsampledLine
{
    private readonly List<Column> _columns = [];
    private readonly List<LinePoint> _drawn = [];
    private int _perColumn = 1;

    /// <summary>An empty line.</summary>
    /// <param name="limit">Points to draw at most; at least 4.</param>
    public DownsampledLine(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 4);
        Limit = limit;
    }

    /// <summary>Points to draw at most.</summary>
    public int Limit { get; }

    /// <summary>The points to draw, in order of X.</summary>
    public IReadOnlyList<LinePoint> Points => _drawn;

    /// <summary>Adds points at the end.</summary>
    /// <param name="points">The points, X ascending and not below those before.</param>
    /// <returns>The index from which <see cref="Points"/> has changed.</returns>
    public int Append(IEnumerable<LinePoint> points)
    {
        var kept = _drawn.Count;
        foreach (var point in points)
        {
            kept = Math.Min(kept, Append(point));
        }

        return kept;
    }

    private int Append(LinePoint point)
    {
        var last = _columns.Count - 1;
        if (last >= 0 && _columns[last].Count < _perColumn)
        {
            var before = _columns[last];
            _drawn.RemoveRange(_drawn.Count - before.Drawn, before.Drawn);
            _columns[last] = before.With(Column.Of(point));
            var from = _drawn.Count;
            _columns[last].Draw(_drawn);
            return from;
        }

        _columns.Add(Column.Of(point));
        var kept = _drawn.Count;
        _columns[^1].Draw(_drawn);
        if (_drawn.Count <= Limit)
        {
            return kept;
        }

        Merge();
        return 0;
    }

    private void Merge()
    {
        while (_drawn.Count > Limit)
        {
            for (var i = 0; i < _columns.Count; i += 2)
            {
                _columns[i / 2] = i + 1 < _columns.Count ? _columns[i].With(_columns[i + 1]) : _columns[i];
            }

            _columns.RemoveRange((_columns.Count + 1) / 2, _columns.Count / 2);
            _perColumn *= 2;
            _drawn.Clear();
            _columns.ForEach(column => column.Draw(_drawn));
        }
    }

    private readonly record struct Column(int Count, LinePoint Low, LinePoint High)
    {
        public int Drawn => Low == High || !double.IsFinite(Low.Y) ? 1 : 2;

        public static Column Of(LinePoint point)
        {
            var known = double.IsFinite(point.Y) ? point : point with { Y = double.NaN };
            return new Column(1, known, known);
        }

        public Column With(Column next) => new(
            Count + next.Count,
            !(Low.Y <= next.Low.Y) && double.IsFinite(next.Low.Y) ? next.Low : Low,
            !(High.Y >= next.High.Y) && double.IsFinite(next.High.Y) ? next.High : High);

        public void Draw(List<LinePoint> points)
        {
            var (first, second) = High.X < Low.X ? (High, Low) : (Low, High);
            points.Add(first);
            if (Drawn == 2)
            {
                points.Add(second);
            }
        }
    }
}
