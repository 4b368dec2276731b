using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>One metric over training as a small chart with its axes: a line each layer, faint for the first, strong for the last.</summary>
public sealed partial class LayerLines : ComponentBase
{
    private const double Width = 320;
    private const double Height = 56;
    private const double LeastSpan = 0.02;
    private readonly List<(string Path, string Colour)> _paths = [];
    private ValueScale? _scale;
    private string? _initial;
    private (string Top, string Bottom)? _null;
    private long _first;
    private long _last;

    /// <summary>The metric.</summary>
    [Parameter, EditorRequired]
    public MetricLines Lines { get; set; } = null!;

    /// <summary>Layers of the model.</summary>
    [Parameter]
    public int Layers { get; set; } = 1;

    private string Latest => Lines.Lines.Count == 1 ? Lines.Lines[0].Series.Latest : Format.Measured(Mean);

    private double? Mean => Lines.Lines.Select(line => line.Series.Summary.Last).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average() is var mean && double.IsFinite(mean) ? mean : null;

    private string Description
    {
        get
        {
            var known = Lines.Lines.Select(line => line.Series.Summary).Where(summary => double.IsFinite(summary.Low)).ToArray();
            var span = known.Length == 0 ? "never finite" : $"between {Format.Measured(known.Min(summary => summary.Low))} and {Format.Measured(known.Max(summary => summary.High))}";
            return $"{Lines.Metric.Title}: latest {Latest}{(Lines.Lines.Count > 1 ? " on average over layers" : "")}, {span}, steps {Format.Count(_first)} to {Format.Count(_last)}{(Lines.NullRange is { } range ? $"; shuffled classes give {Format.Measured(range.Low)} to {Format.Measured(range.High)}" : null)}";
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _paths.Clear();
        (_scale, _initial, _null) = (null, null, null);
        (_first, _last) = (Lines.Lines.Min(line => line.Series.Summary.FirstStep), Lines.Lines.Max(line => line.Series.Summary.LastStep));
        var values = Lines.Lines.SelectMany(line => line.Series.Values).Where(double.IsFinite).ToList();
        if (values.Count == 0)
        {
            return;
        }

        if (Lines.Metric.InitialValue is { } initial)
        {
            values.Add(initial);
        }

        if (Lines.NullRange is { } range)
        {
            values.AddRange([range.Low, range.High]);
        }

        var scale = ValueScale.Of(values, null, LeastSpan);
        _scale = scale;
        _null = Lines.NullRange is { } nothing ? (Number(Y(scale, nothing.High)), Number(Y(scale, nothing.Low))) : null;
        _initial = Lines.Metric.InitialValue is { } start ? Number(Y(scale, start)) : null;
        _paths.AddRange(Lines.Lines.Select(line => (Path(line.Series, scale), LayerColour.Of(line.Layer, Layers))));
    }

    private string Path(Charts.SmallSeries series, ValueScale scale)
    {
        var text = new StringBuilder();
        var isGap = true;
        foreach (var point in series.Points)
        {
            if (double.IsFinite(point.Y))
            {
                text.Append(isGap ? 'M' : 'L').Append(Number(X(point.X))).Append(' ').Append(Number(Y(scale, point.Y)));
                text.Append(isGap ? "h.01" : "");
            }

            isGap = !double.IsFinite(point.Y);
        }

        return text.ToString();
    }

    private double X(double step) => _last > _first ? Width * (step - _first) / (_last - _first) : Width / 2;

    private static double Y(ValueScale scale, double value) => 2 + ((Height - 4) * (1 - scale.Share(value)));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
