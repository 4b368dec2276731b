namespace Crossbench.Metrics;

/// <summary>One measured number.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Step">Optimiser steps done when it was measured.</param>
/// <param name="Value">The number; NaN and infinities are kept as they are.</param>
public readonly record struct MetricPoint(string Metric, long Step, double Value);

/// <summary>Part of one metric of one run, ordered by step.</summary>
/// <param name="Steps">Steps, ascending.</param>
/// <param name="Values">A value each.</param>
public sealed record MetricSeries(long[] Steps, double[] Values)
{
    /// <summary>A series without points.</summary>
    public static MetricSeries Empty { get; } = new([], []);

    /// <summary>Number of points.</summary>
    public int Count => Steps.Length;

    /// <summary>The last step, or the given one when there is none: the cursor to read on from.</summary>
    public long LastStepOr(long step) => Steps.Length == 0 ? step : Steps[^1];
}

/// <summary>A measurement that is not one number: vector, histogram or strip.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Step">Optimiser steps done when it was measured.</param>
/// <param name="Values">Its numbers, in the layout of its form.</param>
public sealed record MetricSnapshot(string Metric, long Step, float[] Values);
