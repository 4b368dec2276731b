namespace Crossbench.Metrics;

/// <summary>What a chart draws of the points in one pixel column.</summary>
/// <param name="Index">Number of the column.</param>
/// <param name="Count">Points in it.</param>
/// <param name="Low">The smallest finite value and its step; not a number, at the first step, where there is none.</param>
/// <param name="High">The largest finite value and its step.</param>
/// <param name="Mean">Mean of the finite values and the last of their steps; not a number where there is none, or where means were not asked for.</param>
/// <param name="Smooth">The running mean at the last finite value; not a number where there is none, or without smoothing.</param>
public readonly record struct SeriesColumn(int Index, long Count, LinePoint Low, LinePoint High, LinePoint Mean, LinePoint Smooth);

/// <summary>
/// A part of a series as the pixel columns of a chart: smallest and largest value of each with their steps, so that a spike of one step is seen at every
/// zoom; a gap where a column has no finite value. Points are appended in order of their steps, at once or as they come; memory does not grow with them.
/// </summary>
public sealed class SeriesColumns
{
    private readonly long[] _edges;
    private readonly List<SeriesColumn> _closed = [];
    private readonly DebiasedAverage? _average;
    private OpenColumn _open;
    private long _closedCount;
    private long _limit;

    /// <summary>Columns without points.</summary>
    /// <param name="edges">Their edges, ascending, as <see cref="StepColumns"/> makes them.</param>
    /// <param name="smoothing">Weight of the past in the running mean; 0 for none.</param>
    /// <param name="means">Whether the mean of each column is wanted; then no point can be skipped.</param>
    public SeriesColumns(long[] edges, double smoothing = 0, bool means = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(edges.Length, 2);
        (_edges, Smoothing, HasMeans) = (edges, smoothing, means);
        (_limit, _open) = (edges[0], OpenColumn.None);
        _average = smoothing > 0 ? new DebiasedAverage(smoothing) : null;
    }

    /// <summary>Weight of the past in the running mean; 0 for none.</summary>
    public double Smoothing { get; }

    /// <summary>Whether each column knows its mean.</summary>
    public bool HasMeans { get; }

    /// <summary>The first step of the range.</summary>
    public long From => _edges[0];

    /// <summary>The first step behind the range.</summary>
    public long End => _edges[^1];

    /// <summary>Points in the range.</summary>
    public long Count => _closedCount + _open.Count;

    /// <summary>Points of the whole series so far.</summary>
    public long Total { get; private set; }

    /// <summary>The last step so far, -1 before the first: the cursor to read on from.</summary>
    public long LastStep { get; private set; } = -1;

    /// <summary>The last point before the range, so that a line comes in from the left.</summary>
    public SeriesColumn? Before { get; private set; }

    /// <summary>The first point behind the range, so that a line goes out to the right.</summary>
    public SeriesColumn? After { get; private set; }

    /// <summary>The columns that have points, ascending.</summary>
    public IEnumerable<SeriesColumn> Columns => _open.Count == 0 ? _closed : _closed.Append(_open.Close(HasMeans));

    /// <summary>The column that a step of the range lies in.</summary>
    public int ColumnOf(long step)
    {
        // Where columns are narrower than a step, several edges are equal: the last of them that is not above the step.
        var (low, high) = (0, _edges.Length - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _edges[middle] <= step ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Takes points after the last one, ascending.</summary>
    public void Append(ReadOnlySpan<long> steps, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            var (step, value) = (steps[i], values[i]);
            _average?.Add(value);
            if (step < From)
            {
                Before = Single(step, value);
            }
            else if (step >= End)
            {
                After ??= Single(step, value);
            }
            else
            {
                Enter(step);
                _open.Take(step, value, _average);
            }
        }

        if (steps.Length > 0)
        {
            Total += steps.Length;
            LastStep = steps[^1];
        }
    }

    /// <summary>
    /// Counts points, after the last one, that need not be looked at: all lie on one side of the range, or in one column and no value of theirs is an extreme of it.
    /// </summary>
    /// <param name="count">Number of points.</param>
    /// <param name="firstStep">Step of the first.</param>
    /// <param name="lastStep">Step of the last.</param>
    public void Skip(long count, long firstStep, long lastStep)
    {
        Total += count;
        LastStep = lastStep;
        if (firstStep >= From && lastStep < End)
        {
            Enter(firstStep);
            _open.Count += count;
        }
    }

    /// <summary>Closes the column before the one of a step, if the step is in another.</summary>
    private void Enter(long step)
    {
        if (step < _limit && _open.Index >= 0)
        {
            return;
        }

        if (_open.Count > 0)
        {
            _closed.Add(_open.Close(HasMeans));
            _closedCount += _open.Count;
        }

        _open = OpenColumn.None with { Index = ColumnOf(step), First = step };
        _limit = _edges[_open.Index + 1];
    }

    private SeriesColumn Single(long step, double value)
    {
        var open = OpenColumn.None with { First = step };
        open.Take(step, value, _average);
        return open.Close(HasMeans);
    }

    /// <summary>The column that points still come into.</summary>
    private record struct OpenColumn(int Index, long Count, long First, long LowStep, double Low, long HighStep, double High, long Known, double Sum, long Last, double Smooth)
    {
        public static OpenColumn None { get; } = new(-1, 0, -1, -1, double.PositiveInfinity, -1, double.NegativeInfinity, 0, 0, -1, double.NaN);

        public void Take(long step, double value, DebiasedAverage? average)
        {
            Count++;
            if (!double.IsFinite(value))
            {
                return;
            }

            (Known, Sum, Last) = (Known + 1, Sum + value, step);
            if (value < Low)
            {
                (Low, LowStep) = (value, step);
            }

            if (value > High)
            {
                (High, HighStep) = (value, step);
            }

            Smooth = average?.Value ?? double.NaN;
        }

        public readonly SeriesColumn Close(bool hasMeans)
        {
            var gap = new LinePoint(First, double.NaN);
            return Known == 0
                ? new SeriesColumn(Index, Count, gap, gap, gap, gap)
                : new SeriesColumn(Index, Count, new LinePoint(LowStep, Low), new LinePoint(HighStep, High), new LinePoint(Last, hasMeans ? Sum / Known : double.NaN), new LinePoint(Last, Smooth));
        }
    }
}
