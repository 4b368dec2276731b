namespace Crossbench.Web.Components.Charts;

/// <summary>
/// Lines and frame in the words of plotly. Strings that begin with two dashes are CSS variables, which the module replaces, again when the theme changes.
/// </summary>
internal static class PlotlyFigure
{
    private const double LabelGap = 14;

    private static readonly string[] Dashes = ["solid", "6px,3px", "2px,2px", "8px,3px,2px,3px", "12px,4px"];

    /// <summary>One trace, without points.</summary>
    public static Dictionary<string, object?> Trace(ChartLine line) => new(Look(line))
    {
        ["type"] = "scatter",
        ["name"] = System.Net.WebUtility.HtmlEncode(line.Name),
        ["connectgaps"] = false,
        ["hoverinfo"] = line.IsQuiet ? "skip" : null,
    };

    private static Dictionary<string, object?> Look(ChartLine line) => line.Look switch
    {
        LineLook.Points => new()
        {
            ["mode"] = "markers",
            ["hovertemplate"] = "%{y:.4f}",
            ["cliponaxis"] = false,
            ["marker"] = new { size = 7, color = "--surface-1", line = new { color = line.Colour, width = 1.5 } },
            ["error_y"] = new { type = "data", symmetric = false, color = line.Colour, thickness = 1.25, width = 0 },
        },
        LineLook.Marks => new()
        {
            ["mode"] = "markers",
            ["yaxis"] = "y2",
            ["hovertemplate"] = "%{text}<extra></extra>",
            ["cliponaxis"] = false,
            ["marker"] = new { size = 8, symbol = "triangle-up", color = line.Colour },
        },
        LineLook.Band => new() { ["mode"] = "lines", ["fill"] = "toself", ["fillcolor"] = line.Colour, ["opacity"] = "--band", ["line"] = new { width = 0 }, ["isBand"] = true },
        var look => new()
        {
            ["mode"] = "lines",
            ["hovertemplate"] = line.IsQuiet ? null : "%{y:.5~g}",
            ["line"] = new { color = line.Colour, width = look == LineLook.Smooth ? 1.5 : 1, dash = Dashes[line.Dash % Dashes.Length], simplify = false },
            ["opacity"] = look == LineLook.Smooth ? 1 : "--raw",
            ["marker"] = new { size = 4, color = line.Colour },
        },
    };

    /// <summary>The layout.</summary>
    /// <param name="frame">What surrounds the lines.</param>
    /// <param name="height">Height of the chart in px.</param>
    public static Dictionary<string, object?> Layout(ChartFrame frame, int height)
    {
        const int top = 10;
        const int bottom = 26;
        return new()
        {
            ["margin"] = new { l = 44, r = 96, t = top, b = bottom },
            ["paper_bgcolor"] = "rgba(0,0,0,0)",
            ["plot_bgcolor"] = "rgba(0,0,0,0)",
            ["font"] = new { family = "--font", size = 11, color = "--chart-tick" },
            ["showlegend"] = false,
            ["hovermode"] = frame.IsUnified ? "x unified" : "closest",
            ["hoverlabel"] = new { bgcolor = "--surface-4", bordercolor = "--line-2", font = new { size = 12, color = "--text-1", family = "--font" } },
            ["dragmode"] = "zoom",
            ["separators"] = ".,",
            ["xaxis"] = XAxis(frame),
            ["yaxis"] = YAxis(frame),
            ["yaxis2"] = new { overlaying = "y", range = new[] { 0, 1 }, @fixedrange = true, visible = false },
            ["shapes"] = Shapes(frame),
            ["annotations"] = Annotations(frame, height - top - bottom),
        };
    }

    private static Dictionary<string, object?> XAxis(ChartFrame frame) => new()
    {
        ["type"] = frame.IsLogX ? "log" : "linear",
        ["showgrid"] = false,
        ["zeroline"] = false,
        ["showline"] = true,
        ["linecolor"] = "--chart-axis",
        ["tickformat"] = frame.XFormat,
        ["hoverformat"] = frame.XFormat,
        ["nticks"] = 6,
        ["range"] = frame.X is not { } range ? null : frame.IsLogX ? [Math.Log10(range.Low), Math.Log10(range.High)] : new[] { range.Low, range.High },
    };

    private static Dictionary<string, object?> YAxis(ChartFrame frame) => new()
    {
        ["type"] = frame.IsLog ? "log" : "linear",
        ["gridcolor"] = "--chart-grid",
        ["zeroline"] = false,
        ["ticklabelstandoff"] = 4,
        ["tickformat"] = TickFormat(frame),
        ["fixedrange"] = true,
        ["nticks"] = 6,
        ["range"] = frame.Y is { } range ? new[] { Scaled(frame, range.Low), Scaled(frame, range.High) } : null,
    };

    private static List<object> Shapes(ChartFrame frame)
    {
        var shapes = new List<object>();
        if (frame.UnspentFrom is { } from && frame.X is { } x && from < x.High && (from > 0 || !frame.IsLogX))
        {
            shapes.Add(new { type = "rect", layer = "below", xref = "x", yref = "paper", x0 = Math.Max(from, x.Low), x1 = x.High, y0 = 0, y1 = 1, fillcolor = "--surface-2", line = new { width = 0 } });
        }

        var line = new { color = "--chart-ref", width = 1, dash = "3px,3px" };
        shapes.AddRange(frame.References
            .Where(reference => Side(frame, reference.Value) == 0)
            .Select(reference => new { type = "line", layer = "below", xref = "paper", yref = "y", x0 = 0, x1 = 1, y0 = reference.Value, y1 = reference.Value, line }));
        return shapes;
    }

    private static List<object> Annotations(ChartFrame frame, int plotHeight)
    {
        var notes = new List<object>();
        if (frame.UnspentFrom is { } from && frame.X is { } x && from > x.Low && from < x.Low + (0.94 * (x.High - x.Low)))
        {
            notes.Add(Note("now", "x", frame.IsLogX ? Math.Log10(from) : from, 1, "top"));
        }

        if (frame.Y is not { } y)
        {
            return notes;
        }

        var before = double.NegativeInfinity;
        var names = frame.References.Select(reference => (Text: $"{reference.Name} {Format.ShortLoss(reference.Value)}", reference.Value, Colour: "--chart-tick", Side: Side(frame, reference.Value)))
            .Concat(frame.Labels.Select(label => (Text: Plain(label.Name), label.Value, label.Colour, Side: 0)));
        foreach (var (text, value, colour, side) in names.OrderByDescending(name => name.Value))
        {
            var share = (Scaled(frame, value) - Scaled(frame, y.Low)) / (Scaled(frame, y.High) - Scaled(frame, y.Low));
            var wanted = plotHeight * (1 - Math.Clamp(share, 0, 1));
            var pixel = side < 0 ? Math.Max(wanted - (2 * LabelGap), before + (LabelGap / 2)) : Math.Max(wanted, before + LabelGap);
            var where = side > 0 ? "<br>(above)" : side < 0 ? "<br>(below)" : "";
            before = pixel + (side == 0 ? 0 : LabelGap);
            notes.Add(Note($"{text}{where}", "paper", 1, 1 - (pixel / plotHeight), side == 0 ? "middle" : "top", colour));
        }

        return notes;
    }

    // As many decimals as neighbouring ticks need to differ, the same on all of them.
    private static string? TickFormat(ChartFrame frame)
    {
        if (frame.IsLog || frame.Y is not { } y || y.High <= y.Low)
        {
            return null;
        }

        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10((y.High - y.Low) / 5)), 0, 6);
        return $".{decimals}f";
    }

    private static object Note(string text, string xref, double x, double y, string yanchor, string colour = "--chart-tick") =>
        new { text, showarrow = false, xref, yref = "paper", x, y, xanchor = "left", yanchor, xshift = 4, font = new { color = colour, size = 11 } };

    // The library reads some HTML in texts: what people wrote is shown as they wrote it, and short enough for the margin.
    private static string Plain(string text) => System.Net.WebUtility.HtmlEncode(text.Length > 14 ? text[..13] + "…" : text);

    private static int Side(ChartFrame frame, double value) => frame.Y is not { } y ? 0 : value > y.High ? 1 : value < y.Low ? -1 : 0;

    private static double Scaled(ChartFrame frame, double value) => frame.IsLog ? Math.Log10(value) : value;
}
