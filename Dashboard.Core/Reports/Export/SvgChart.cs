using System.Globalization;
using System.Text;
using Crossbench.Metrics;

namespace Crossbench.Reports.Export;

/// <summary>
/// Draws a chart as SVG that stretches with the page: lines in a part whose coordinates stretch, text and grid in percent, so that letters keep their size at
/// any width. Each line ends in its number of the legend, so that colour is never the only sign.
/// </summary>
internal sealed class SvgChart
{
    private const double Unit = 1000;
    private const double LabelDistance = 0.05;
    private const double ReferenceReach = 0.6;
    private const double RightEdge = 0.96;
    private static readonly string[] Dashes = ["", "6 3", "2 3", "8 3 2 3"];
    private readonly ReportChart _chart;
    private readonly double _right;
    private readonly double _low;
    private readonly double _high;

    public SvgChart(ReportChart chart)
    {
        _chart = chart;
        var steps = chart.Lines.SelectMany(line => line.Training.Select(point => point.X).Concat(line.Evaluations.Select(item => (double)item.Step)));
        _right = Math.Max(1, steps.DefaultIfEmpty(1).Max());
        (_low, _high) = Range(chart);
    }

    /// <summary>Writes the figure: legend, drawing, caption, and the same in numbers.</summary>
    public void Write(StringBuilder html)
    {
        html.Append("<figure class=\"chart\"><ol class=\"key\">");
        foreach (var line in _chart.Lines)
        {
            html.Append(Inv($"<li{Style(line)}><svg class=\"sw\" width=\"28\" height=\"8\" aria-hidden=\"true\"><path class=\"l\" stroke-dasharray=\"{Dash(line)}\" d=\"M0 4H28\"/></svg>{Html.Text(line.Name)}</li>"));
        }

        html.Append("</ol>");
        if (_chart.References.Count > 0)
        {
            html.Append("<p class=\"refs\">").AppendJoin(" · ", _chart.References.Select(item => $"{Html.Text(item.Name)} {Figures.Loss(item.Value)}{(IsInside(item.Value) ? "" : item.Value > _high ? " (above the chart)" : " (below the chart)")}")).Append("</p>");
        }

        html.Append($"<div class=\"frame\"><svg class=\"plot\" role=\"img\" aria-label=\"{Html.Text(Label())}\">");
        Grid(html);
        html.Append(Inv($"<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 {Unit} {Unit}\" preserveAspectRatio=\"none\">"));
        foreach (var line in _chart.Lines)
        {
            html.Append(Inv($"<g{Style(line)}><path class=\"r\" d=\"{Path(line.Training)}\"/><path class=\"l\" stroke-dasharray=\"{Dash(line)}\" d=\"{Path(line.Smooth)}\"/>{Evaluations(line)}</g>"));
        }

        html.Append("</svg>");
        References(html);
        Ends(html);
        html.Append($"</svg></div><figcaption>{Html.Text(_chart.Caption)}</figcaption></figure>");
    }

    /// <summary>Round places for ticks, at most so many steps.</summary>
    internal static IEnumerable<double> Ticks(double low, double high, int most)
    {
        var raw = (high - low) / most;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = new[] { 1, 2, 5, 10 }.Select(factor => factor * power).First(step => step >= raw * (1 - 1e-9));
        for (var i = Math.Ceiling(low / step - 1e-9); i * step <= high + (1e-9 * step); i++)
        {
            yield return (i * step) + 0.0; // −0 becomes 0
        }
    }

    /// <summary>A range that holds every value, and those references that are near.</summary>
    private static (double Low, double High) Range(ReportChart chart)
    {
        var values = chart.Lines.SelectMany(line => line.Training.Concat(line.Smooth).Select(point => point.Y).Concat(line.Evaluations.SelectMany(item => new[] { item.Loss, item.Low, item.High }))).Where(double.IsFinite).ToArray();
        var (low, high) = values.Length == 0 ? (0, 1) : (values.Min(), values.Max());
        var span = Math.Max(high - low, 0.1 * Math.Max(Math.Abs(high), 0.1));
        foreach (var (_, value) in chart.References)
        {
            low = value < low && low - value <= ReferenceReach * span ? value : low;
            high = value > high && value - high <= ReferenceReach * span ? value : high;
        }

        var pad = 0.04 * Math.Max(high - low, span);
        return (low - pad, high + pad);
    }

    private void Grid(StringBuilder html)
    {
        foreach (var value in Ticks(_low, _high, 6))
        {
            html.Append(Inv($"<line class=\"g\" x1=\"0\" x2=\"100%\" y1=\"{Percent(Y(value))}\" y2=\"{Percent(Y(value))}\"/><text class=\"t\" x=\"0\" dx=\"-6\" dy=\".32em\" y=\"{Percent(Y(value))}\" text-anchor=\"end\">{Number(value, (_high - _low) / 6)}</text>"));
        }

        foreach (var value in Ticks(0, _right, 5))
        {
            html.Append(Inv($"<text class=\"t\" x=\"{Percent(X(value))}\" y=\"100%\" dy=\"18\" text-anchor=\"middle\">{Figures.Count(value)}</text>"));
        }

        html.Append("<line class=\"a\" x1=\"0\" x2=\"100%\" y1=\"100%\" y2=\"100%\"/>");
    }

    private void References(StringBuilder html)
    {
        foreach (var (name, value) in _chart.References.Where(item => IsInside(item.Value)))
        {
            html.Append(Inv($"<line class=\"f\" x1=\"0\" x2=\"100%\" y1=\"{Percent(Y(value))}\" y2=\"{Percent(Y(value))}\"/><text class=\"fl\" x=\"100%\" dx=\"-4\" dy=\"-4\" y=\"{Percent(Y(value))}\" text-anchor=\"end\">{Html.Text(name)}</text>"));
        }
    }

    /// <summary>The number of each line at its end; where ends at the right edge are close, numbers make room for each other.</summary>
    private void Ends(StringBuilder html)
    {
        var ends = _chart.Lines.Index().Select(item => (item.Index, Line: item.Item, End: EndOf(item.Item))).Where(item => item.End is not null).OrderBy(item => item.End!.Value.Y);
        var above = double.NegativeInfinity;
        foreach (var (index, line, end) in ends)
        {
            var (x, y) = (end!.Value.X, end.Value.Y);
            if (x > RightEdge)
            {
                y = above = Math.Max(y, above + LabelDistance);
            }

            html.Append(Inv($"<text class=\"e\"{Style(line)} x=\"{Percent(x)}\" dx=\"7\" dy=\".32em\" y=\"{Percent(y)}\">{index + 1}</text>"));
        }
    }

    private LinePoint? EndOf(ReportLine line)
    {
        var points = line.Smooth.Any(point => double.IsFinite(point.Y)) ? line.Smooth : [.. line.Evaluations.Select(item => new LinePoint(item.Step, item.Loss))];
        return points.Where(point => double.IsFinite(point.Y)).Select(point => (LinePoint?)new LinePoint(X(point.X), Y(point.Y))).LastOrDefault();
    }

    private string Evaluations(ReportLine line)
    {
        var finite = line.Evaluations.Where(item => double.IsFinite(item.Loss)).ToArray();
        var whiskers = string.Concat(finite.Where(item => double.IsFinite(item.High - item.Low) && item.High > item.Low).Select(item => Inv($"M{Coordinate(X(item.Step))} {Coordinate(Y(item.Low))}V{Coordinate(Y(item.High))}")));
        var dots = string.Concat(finite.Select(item => Inv($"M{Coordinate(X(item.Step))} {Coordinate(Y(item.Loss))}h0")));
        return $"<path class=\"w\" d=\"{whiskers}\"/><path class=\"d\" d=\"{dots}\"/>";
    }

    private string Path(IReadOnlyList<LinePoint> points)
    {
        var path = new StringBuilder();
        var isOn = false;
        foreach (var point in points)
        {
            if (!double.IsFinite(point.Y))
            {
                isOn = false;
                continue;
            }

            path.Append(isOn ? 'L' : 'M').Append(Coordinate(X(point.X))).Append(' ').Append(Coordinate(Y(point.Y)));
            isOn = true;
        }

        return path.ToString();
    }

    private string Label() => $"{_chart.Caption} Runs: {string.Join(", ", _chart.Lines.Select(line => line.Name))}. The table below has the numbers.";

    private bool IsInside(double value) => value >= _low && value <= _high;

    private double X(double step) => step / _right;

    private double Y(double value) => (_high - value) / (_high - _low);

    private static string Style(ReportLine line) => $" style=\"--c:var(--arch-{line.Architecture},var(--text-2));--ct:var(--arch-{line.Architecture}-text,var(--text-2))\"";

    private static string Dash(ReportLine line) => Dashes[line.Variant % Dashes.Length];

    private static string Coordinate(double share) => (Unit * share).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Number(double value, double step) => Figures.Rounded(value, Math.Clamp((int)Math.Ceiling(-Math.Log10(step)), 0, 8));

    private static string Inv(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
