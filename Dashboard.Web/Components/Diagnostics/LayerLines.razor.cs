using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>One metric over training as a small chart: a line each layer, faint for the first, strong for the last.</summary>
public sealed partial class LayerLines : ComponentBase
{
    private const double Width = 320;
    private const double Height = 56;
    private readonly List<(string Path, string Colour)> _paths = [];
    private double? _low;
    private double? _high;
    private string? _initial;

    /// <summary>The metric.</summary>
    [Parameter, EditorRequired]
    public MetricLines Lines { get; set; } = null!;

    private string Latest => Lines.Lines.Count == 1 ? Lines.Lines[0].Latest : Format.Measured(Mean);

    private double? Mean => Lines.Lines.Select(line => line.Values.LastOrDefault(double.NaN)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average() is var mean && double.IsFinite(mean) ? mean : null;

    private string Description => $"{Lines.Metric.Label}: latest {Latest}{(Lines.Lines.Count > 1 ? " on average over layers" : "")}, between {Format.Measured(_low)} and {Format.Measured(_high)}";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _paths.Clear();
        var values = Lines.Lines.SelectMany(line => line.Values).Where(double.IsFinite).ToList();
        if (Lines.Metric.InitialValue is { } initial)
        {
            values.Add(initial);
        }

        if (values.Count == 0)
        {
            (_low, _high, _initial) = (null, null, null);
            return;
        }

        var (low, high) = (values.Min(), values.Max());
        (_low, _high) = (low, high);

        _initial = Lines.Metric.InitialValue is { } start ? Number(Y(start, low, high)) : null;
        for (var i = 0; i < Lines.Lines.Count; i++)
        {
            var shade = Lines.Lines.Count == 1 ? 6 : 3 + (int)Math.Round(5.0 * i / (Lines.Lines.Count - 1));
            _paths.Add((Path(Lines.Lines[i].Values, low, high), $"--seq-{shade}"));
        }
    }

    private static string Path(IReadOnlyList<double> values, double low, double high)
    {
        var text = new StringBuilder();
        var isGap = true;
        for (var i = 0; i < values.Count; i++)
        {
            if (double.IsFinite(values[i]))
            {
                text.Append(isGap ? 'M' : 'L').Append(Number(Width * (values.Count == 1 ? 0.5 : (double)i / (values.Count - 1)))).Append(' ').Append(Number(Y(values[i], low, high)));
                text.Append(values.Count == 1 ? "h1" : "");
            }

            isGap = !double.IsFinite(values[i]);
        }

        return text.ToString();
    }

    private static double Y(double value, double low, double high) => high > low ? 2 + ((Height - 4) * (high - value) / (high - low)) : Height / 2;

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
