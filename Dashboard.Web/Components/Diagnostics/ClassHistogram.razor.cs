using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Distribution of a value over tokens, a small chart each layer, split into signal, noise and other tokens; each class as shares of itself.</summary>
public sealed partial class ClassHistogram : ComponentBase
{
    private const double Width = 320;
    private const double Height = 80;
    private static readonly string[] Colours = ["--cat-1", "--text-3", "--seq-6"];
    private readonly List<(string Name, string Description, double Top, List<(string Path, string Colour)> Paths)> _panels = [];

    /// <summary>The measurement: counts of signal, noise and other tokens, as many bins each.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    private IEnumerable<(string Name, string Colour)> Legend => ClassCounts.Shown(Rows).Select(i => (ClassCounts.Names[i], Colours[i]));

    private string? Initial => Rows.Metric.InitialValue is { } value
        ? (Width * new ValueScale(Rows.Metric.Bins.Low, Rows.Metric.Bins.High).Share(value)).ToString("0.#", CultureInfo.InvariantCulture)
        : null;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _panels.Clear();
        foreach (var (name, values) in Rows.Rows)
        {
            var shown = ClassCounts.Shown(Rows).Where(i => ClassCounts.Of(values, i).Sum() > 0).ToArray();
            var shares = shown.Select(i => ClassCounts.Shares(values, i)).ToArray();
            var top = shares.SelectMany(item => item).DefaultIfEmpty(1).Max();
            var means = shown.Select((i, at) => $"{ClassCounts.Names[i]} mean {Format.Measured(Mean(shares[at]))}");
            _panels.Add((name, $"{Rows.Metric.Label}, {name}: {string.Join(", ", means)}", top, [.. shown.Select((i, at) => (Path(shares[at], top), Colours[i]))]));
        }
    }

    private double Mean(double[] shares)
    {
        var (low, high) = Rows.Metric.Bins;
        return shares.Select((share, i) => share * (low + ((high - low) * (i + 0.5) / shares.Length))).Sum();
    }

    private static string Path(double[] shares, double top)
    {
        var text = new StringBuilder("M0 80");
        for (var i = 0; i < shares.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"V{Height - (shares[i] / top * (Height - 4)):0.#}H{Width * (i + 1) / shares.Length:0.#}");
        }

        return text.Append("V80Z").ToString();
    }
}
