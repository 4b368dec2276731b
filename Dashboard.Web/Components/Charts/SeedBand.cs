using Crossbench.Metrics;
using Crossbench.Reports;

namespace Crossbench.Web.Components.Charts;

/// <summary>Mean and 95 % t interval over seeds along the axis.</summary>
internal static class SeedBand
{
    /// <summary>
    /// The band where every seed that has begun has values: a seed that ended early or is behind ends it there, so that it never jumps because one is missing.
    /// Between its points a seed goes in a straight line.
    /// </summary>
    /// <param name="members">Points of each seed by position; a value that is not finite is a gap.</param>
    public static IReadOnlyList<WhiskerPoint> Of(IReadOnlyList<IReadOnlyList<LinePoint>> members)
    {
        var begun = members.Where(points => points.Count > 0).ToArray();
        if (begun.Length == 0)
        {
            return [];
        }

        var (from, to) = (begun.Max(points => points[0].X), begun.Min(points => points[^1].X));
        var positions = begun.MaxBy(points => points.Count(point => point.X >= from && point.X <= to))!.Select(point => point.X).Where(x => x >= from && x <= to).ToArray();
        var lines = begun.Select(points => At(points, positions)).ToArray();
        return
        [
            .. positions.Select((x, i) =>
            {
                var values = lines.Select(line => line[i]).ToArray();
                var (mean, low, high) = SeedGroup.Summarise(values);
                return values.All(double.IsFinite) ? new WhiskerPoint(x, mean!.Value, low ?? mean.Value, high ?? mean.Value) : new WhiskerPoint(x, double.NaN, double.NaN, double.NaN);
            }),
        ];
    }

    private static double[] At(IReadOnlyList<LinePoint> points, double[] positions)
    {
        var (values, next) = (new double[positions.Length], 0);
        for (var i = 0; i < positions.Length; i++)
        {
            while (points[next].X < positions[i])
            {
                next++;
            }

            var after = points[next];
            var before = next == 0 ? after : points[next - 1];
            values[i] = after.X == positions[i] ? after.Y : before.Y + ((after.Y - before.Y) * (positions[i] - before.X) / (after.X - before.X));
        }

        return values;
    }
}
