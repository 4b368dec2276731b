namespace Crossbench.Reports;

/// <summary>The points that no other beats: what costs less has a higher loss.</summary>
public static class Frontier
{
    /// <summary>The points of the frontier, in order of cost.</summary>
    /// <param name="points">Cost and loss of each; the smaller the better, both.</param>
    /// <returns>Their indices.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<(double Cost, double Loss)> points)
    {
        var best = double.PositiveInfinity;
        var frontier = new List<int>();
        foreach (var index in Enumerable.Range(0, points.Count).Where(i => double.IsFinite(points[i].Cost) && double.IsFinite(points[i].Loss)).OrderBy(i => points[i].Cost).ThenBy(i => points[i].Loss))
        {
            if (points[index].Loss < best)
            {
                best = points[index].Loss;
                frontier.Add(index);
            }
        }

        return frontier;
    }
}
