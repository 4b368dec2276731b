using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Plots;

/// <summary>Points, lines and intervals drawn on the server. Lines stretch with the page, letters and points keep their size. A table beside it holds the numbers.</summary>
public sealed partial class Plot : ComponentBase
{
    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public PlotFigure Figure { get; set; } = null!;

    /// <summary>Height in px.</summary>
    [Parameter]
    public int Height { get; set; } = 260;

    private static string Number(double value) => Math.Clamp(value, -1000, 1000).ToString("0.##", CultureInfo.InvariantCulture);

    private static string At(PlotScale scale, double value) => Number(100 * scale.Share(value)) + "%";

    private string Span(PlotZone zone) => Number(100 * (Figure.X.Share(zone.To) - Figure.X.Share(zone.From))) + "%";

    private string Right(double x) => Number(100 * Figure.X.Share(x));

    private string Down(double y) => Number(100 - (100 * Figure.Y.Share(y)));

    private bool IsInside(double y) => y >= Figure.Y.Low && y <= Figure.Y.High;

    private string PathOf(PlotCurve curve)
    {
        var (path, isGap) = (new StringBuilder(), true);
        foreach (var (x, y) in curve.Points)
        {
            if (double.IsFinite(y))
            {
                path.Append(isGap ? 'M' : 'L').Append(Right(x)).Append(' ').Append(Down(y));
            }

            isGap = !double.IsFinite(y);
        }

        return path.ToString();
    }
}
