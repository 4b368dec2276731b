namespace Crossbench.Web.Components.Charts;

/// <summary>What a chart shows, in a sentence, for those who cannot see it.</summary>
internal static class CurveWords
{
    /// <summary>The sentence.</summary>
    public static string Of(string title, string axis, CurveData data, IReadOnlyList<ChartReference> references)
    {
        var shown = data.Groups.Where(item => item.Lines.Count > 0).ToArray();
        var lines = shown.Length > 6 ? [$"{shown.Length} lines"] : shown.Select(item => $"{item.Group.Name}: {Ends(item.Lines.Last(line => line.Look == LineLook.Smooth))}");
        var evaluation = data.Evaluations is [.., var last] ? $"; evaluation {Format.ShortLoss(last.Y)} at {axis} {Format.Count((long)last.X)}" : "";
        return $"{title} by {axis}. {string.Join("; ", lines)}{evaluation}{string.Concat(references.Select(reference => $"; {reference.Name} {Format.ShortLoss(reference.Value)}"))}";
    }

    private static string Ends(ChartLine line)
    {
        var known = line.Points.Where(point => double.IsFinite(point.Y)).ToArray();
        return known.Length == 0 ? "no point yet" : $"from {Format.Measured(known[0].Y)} to {Format.Measured(known[^1].Y)}";
    }
}
