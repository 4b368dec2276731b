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
    private readonly long _from;
    private readonly long _end;
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
        (_from, _end, _limit, _open) = (edges[0], edges[^1], edges[0], OpenColumn.None);
        _average = smoothing > 0 ? new DebiasedAverage(smoothing) : null;
    }

    /// <summary>Weight of the past in the running mean; 0 for none.</summary>
    public double Smoothing { get; }

    /// <summary>Whether each column knows its mean.</summary>
    public bool HasMeans { get; }

    /// <summary>The first step of the range.</summary>
    public long From => _from;

    /// <summary>The first step behind the range.</summary>
    public long End => _end;

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
        var i = 0;
        while (i < steps.Length)
        {
            var step = steps[i];
            if (step >= _from && step < _end)
            {
                Enter(step);
                var inColumn = CountBelow(steps[i..], _limit);
                _open.Take(steps.Slice(i, inColumn), values.Slice(i, inColumn), _average);
                i += inColumn;
                continue;
            }

            var single = Single(steps.Slice(i, 1), values.Slice(i, 1));
            Before = step < _from ? single : Before;
            After = step < _from ? After : After ?? single;
            i++;
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

    /// <summary>How many of ascending steps lie below a limit; the first does.</summary>
    private static int CountBelow(ReadOnlySpan<long> steps, long limit)
    {
        var (low, high) = (0, steps.Length);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = steps[middle] < limit ? (middle, high) : (low, middle);
        }

        return high;
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

    private SeriesColumn Single(ReadOnlySpan<long> step, ReadOnlySpan<double> value)
    {
        var open = OpenColumn.None with { First = step[0] };
        open.Take(step, value, _average);
        return open.Close(HasMeans);
    }

    /// <summary>The column that points still come into.</summary>
    private record struct OpenColumn(int Index, long Count, long First, long LowStep, double Low, long HighStep, double High, long Known, double Sum, long Last, double Smooth)
    {
        public static OpenColumn None { get; } = new(-1, 0, -1, -1, double.PositiveInfinity, -1, double.NegativeInfinity, 0, 0, -1, double.NaN);

        public void Take(ReadOnlySpan<long> steps, ReadOnlySpan<double> values, DebiasedAverage? average)
        {
            var (low, high, known, sum, last) = (Low, High, 0L, 0.0, -1);
            for (var i = 0; i < values.Length; i++)
            {
                var value = values[i];
                if (!double.IsFinite(value))
                {
                    continue;
                }

                average?.Add(value);
                (known, sum, last) = (known + 1, sum + value, i);
                if (value < low)
                {
                    (low, LowStep) = (value, steps[i]);
                }

                if (value > high)
                {
                    (high, HighStep) = (value, steps[i]);
                }
            }

            (Count, Low, High, Known, Sum) = (Count + values.Length, low, high, Known + known, Sum + sum);
            if (last >= 0)
            {
                (Last, Smooth) = (steps[last], average?.Value ?? double.NaN);
            }
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
