namespace Crossbench.Metrics;

/// <summary>Divides a range of steps into the pixel columns of a chart: column i holds the steps from edge i up to, but without, edge i + 1.</summary>
public static class StepColumns
{
    /// <summary>Columns of equal width on a linear axis.</summary>
    /// <param name="from">Where the axis begins.</param>
    /// <param name="to">Where it ends; a step that lies there is in the last column.</param>
    /// <param name="count">Number of columns.</param>
    /// <param name="perStep">How much the axis counts for a step: 1, or tokens or FLOPs.</param>
    public static long[] Linear(double from, double to, int count, double perStep = 1) => Of(from, to, count, i => from + ((to - from) * i / count), x => x / perStep);

    /// <summary>Columns of equal width on a logarithmic axis; <paramref name="from"/> is above 0.</summary>
    /// <inheritdoc cref="Linear"/>
    public static long[] Logarithmic(double from, double to, int count, double perStep = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(from, 0);
        return Of(from, to, count, i => from * Math.Pow(to / from, (double)i / count), x => x / perStep);
    }

    /// <summary>Columns of any axis that grows with the steps.</summary>
    /// <param name="from">Where the axis begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="count">Number of columns.</param>
    /// <param name="edge">Position of an edge.</param>
    /// <param name="stepAt">The step, with its fraction, that a position belongs to.</param>
    public static long[] Of(double from, double to, int count, Func<int, double> edge, Func<double, double> stepAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        var edges = new long[count + 1];
        edges[0] = Whole(Math.Ceiling(stepAt(from)));
        for (var i = 1; i < count; i++)
        {
            edges[i] = Math.Max(edges[i - 1], Whole(Math.Ceiling(stepAt(edge(i)))));
        }

        edges[count] = Math.Max(edges[count - 1], Whole(Math.Floor(stepAt(to)) + 1));
        return edges;
    }

    private static long Whole(double step) => (long)Math.Clamp(step, -1, 1e18);
}
