namespace Crossbench.Reports.Suites;

/// <summary>Which of some points no other beats in both of two figures.</summary>
public static class Frontier
{
    /// <summary>True for each point that counts and for which no counting point is at least as good in both figures and better in one; equal points stand together.</summary>
    /// <param name="points">A cost, which is better when it is larger or smaller, a loss, which is better when it is smaller, and whether the point counts.</param>
    /// <param name="moreIsBetter">Whether a larger first figure is better.</param>
    public static IReadOnlyList<bool> Of(IReadOnlyList<(double Figure, double Loss, bool Counts)> points, bool moreIsBetter)
    {
        var isOn = new bool[points.Count];
        var best = double.PositiveInfinity;
        var sorted = points.Index().Where(point => point.Item.Counts).OrderBy(point => moreIsBetter ? -point.Item.Figure : point.Item.Figure).GroupBy(point => point.Item.Figure);
        foreach (var equals in sorted)
        {
            // Among points of one figure the smallest loss stands, if nothing with a better figure reaches it.
            var least = equals.Min(point => point.Item.Loss);
            foreach (var point in equals.Where(point => point.Item.Loss == least && least < best))
            {
                isOn[point.Index] = true;
            }

            best = Math.Min(best, least);
        }

        return isOn;
    }
}
