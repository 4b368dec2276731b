using System.Globalization;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Diagnostics;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Compare;

/// <summary>One metric of several specifications over training, as a small chart: a line each, with its band over seeds.</summary>
public sealed partial class SmallMultiple : ComponentBase
{
    private const double Width = 320;
    private const double Height = 96;
    private const double LeastSpan = 0.02;
    private List<(string Band, string Line, int Group)> _paths = [];
    private ValueScale _scale;
    private string? _initial;
    private long _last;

    /// <summary>The metric.</summary>
    [Parameter, EditorRequired]
    public SharedMetric Metric { get; set; } = null!;

    /// <summary>The specifications that its courses are of.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ShownGroup> Groups { get; set; } = [];

    private string Description => $"{Metric.Metric.Title} by step. {string.Join("; ", Metric.Courses.Select(course => $"{Groups[course.Group].Name}: {Last(course)}"))}";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        // The scale holds means and bands; a band of two seeds can be so wide that it would hide every mean.
        var points = Metric.Courses.SelectMany(course => course.Points).Where(point => double.IsFinite(point.Y)).ToArray();
        var (low, high) = (points.Select(point => point.Y).DefaultIfEmpty(0).Min(), points.Select(point => point.Y).DefaultIfEmpty(1).Max());
        var room = high - low;
        _scale = ValueScale.Of([low, high, .. points.Select(point => Math.Max(point.Low, low - room)), .. points.Select(point => Math.Min(point.High, high + room)), .. Metric.Metric.InitialValue is { } start ? [start] : Array.Empty<double>()], null, LeastSpan);
        _last = (long)points.Select(point => point.X).DefaultIfEmpty(1).Max();
        _initial = Metric.Metric.InitialValue is { } initial ? Y(initial) : null;
        _paths = [.. Metric.Courses.Select(course => (BandOf(course), LineOf(course.Points), course.Group))];
    }

    private static string Last(SharedCourse course) => course.Points.Count == 0 ? "no points in common" : $"last {Format.Measured(course.Points[^1].Y)}{(course.Seeds > 1 ? $", 95 % [{Format.Measured(course.Points[^1].Low)}, {Format.Measured(course.Points[^1].High)}]" : "")}";

    private string LineOf(IReadOnlyList<WhiskerPoint> points)
    {
        var known = points.Where(point => double.IsFinite(point.Y)).ToArray();
        return known.Length == 0 ? "" : $"M{string.Join('L', known.Select(point => $"{X(point.X)} {Y(point.Y)}"))}{(known.Length == 1 ? "h.01" : "")}";
    }

    private string BandOf(SharedCourse course)
    {
        var known = course.Points.Where(point => double.IsFinite(point.Y)).ToArray();
        return course.Seeds < 2 || known.Length < 2 ? "" : $"M{string.Join('L', known.Select(point => $"{X(point.X)} {Y(point.High)}").Concat(known.Reverse().Select(point => $"{X(point.X)} {Y(point.Low)}")))}Z";
    }

    private string X(double step) => Number(Width * step / Math.Max(1, _last));

    private string Y(double value) => Number(2 + ((Height - 4) * (1 - _scale.Share(value))));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
