using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Controls;

/// <summary>A small line without axes, drawn on the server.</summary>
public sealed partial class Sparkline : ComponentBase
{
    private const double Pad = 1.8;
    private string _path = "";
    private string? _reference;
    private (string X, string Y) _end;

    /// <summary>The values, evenly spaced; what is not finite leaves a gap.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<double> Values { get; set; } = [];

    /// <summary>A dashed line to compare with, where it is known.</summary>
    [Parameter]
    public double? Reference { get; set; }

    /// <summary>Whether the scale begins at zero, so that small changes look small.</summary>
    [Parameter]
    public bool FromZero { get; set; }

    /// <summary>Colour, as a CSS variable.</summary>
    [Parameter]
    public string Colour { get; set; } = "--text-3";

    /// <summary>Width in its own units.</summary>
    [Parameter]
    public int Width { get; set; } = 96;

    /// <summary>Height in its own units.</summary>
    [Parameter]
    public int Height { get; set; } = 18;

    /// <summary>Whether the last value is marked.</summary>
    [Parameter]
    public bool ShowsEnd { get; set; } = true;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var finite = Values.Where(double.IsFinite).ToArray();
        _path = "";
        _reference = null;
        if (finite.Length == 0)
        {
            return;
        }

        var (low, high) = (FromZero ? Math.Min(0, finite.Min()) : finite.Min(), finite.Max());
        if (Reference is { } reference && double.IsFinite(reference))
        {
            (low, high) = (Math.Min(low, reference), Math.Max(high, reference));
            _reference = Number(Y(reference, low, high));
        }

        _path = Path(low, high);
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private string Path(double low, double high)
    {
        var text = new StringBuilder();
        var isGap = true;
        for (var i = 0; i < Values.Count; i++)
        {
            if (!double.IsFinite(Values[i]))
            {
                isGap = true;
                continue;
            }

            _end = (Number(X(i)), Number(Y(Values[i], low, high)));
            text.Append(isGap ? 'M' : 'L').Append(_end.X).Append(' ').Append(_end.Y);
            isGap = false;
        }

        return text.ToString();
    }

    private double X(int index) => 1 + ((Width - 5) * (Values.Count == 1 ? 1.0 : (double)index / (Values.Count - 1)));

    private double Y(double value, double low, double high) => high > low ? Pad + ((Height - (2 * Pad)) * (high - value) / (high - low)) : Height / 2.0;
}
