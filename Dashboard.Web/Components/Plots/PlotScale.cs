namespace Crossbench.Web.Components.Plots;

/// <summary>One axis of a plot: where values lie between its ends, and round values to mark.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
/// <param name="IsLog">Whether equal ratios are equal distances.</param>
public sealed record PlotScale(double Low, double High, bool IsLog = false)
{
    private const int MostTicks = 6;

    /// <summary>An axis around values, with a little room on both sides.</summary>
    public static PlotScale Around(IEnumerable<double> values, bool isLog = false)
    {
        var known = values.Where(value => double.IsFinite(value) && (!isLog || value > 0)).ToArray();
        if (known.Length == 0)
        {
            return new PlotScale(isLog ? 1 : 0, isLog ? 10 : 1, isLog);
        }

        var (low, high) = (known.Min(), known.Max());
        if (isLog)
        {
            var ratio = Math.Pow(Math.Max(high / low, 1.5), 0.06);
            return new PlotScale(low / ratio, high * ratio, true);
        }

        var room = high > low ? 0.07 * (high - low) : Math.Max(Math.Abs(high) * 0.05, 1e-6);
        return new PlotScale(low - room, high + room);
    }

    /// <summary>Where a value lies: 0 at the lower end, 1 at the upper one.</summary>
    public double Share(double value) => IsLog ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);

    /// <summary>Round values within the axis.</summary>
    public IReadOnlyList<double> Ticks()
    {
        if (IsLog)
        {
            double[] tens = [.. Enumerable.Range((int)Math.Floor(Math.Log10(Low)), 40).SelectMany(power => new[] { 1, 2, 5 }.Select(digit => digit * Math.Pow(10, power))).Where(value => value >= Low && value <= High)];
            return tens.Length <= MostTicks ? tens : [.. tens.Where(value => Math.Abs(Math.Log10(value) - Math.Round(Math.Log10(value))) < 1e-9)];
        }

        var raw = (High - Low) / MostTicks;
        var ten = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = new[] { 1.0, 2, 2.5, 5, 10 }.First(factor => factor * ten >= raw * 0.999) * ten;
        var first = Math.Ceiling(Low / step);
        return [.. Enumerable.Range(0, 2 * MostTicks).Select(i => (first + i) * step).Where(value => value <= High)];
    }
}
