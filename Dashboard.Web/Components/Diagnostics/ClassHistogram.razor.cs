using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>Distribution of a value over tokens, a small chart each layer, split into signal, noise and other tokens; each class as shares of itself.</summary>
public sealed partial class ClassHistogram : ComponentBase
{
    private const double Width = 320;
    private const double Height = 80;
    private static readonly (string Name, string Colour)[] Classes = [("signal", "--cat-1"), ("noise", "--text-3"), ("all tokens", "--seq-6")];
    private readonly List<(string Name, string Description, List<(string Path, string Colour)> Paths)> _panels = [];

    /// <summary>The measurement: counts of signal, noise and other tokens, as many bins each.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    private IEnumerable<(string Name, string Colour)> Legend => Classes.Where((_, i) => Rows.Rows.Any(row => Counts(row.Values, i).Sum() > 0) && (i < 2 || !HasClasses));

    private bool HasClasses => Rows.Rows.Any(row => Counts(row.Values, 0).Sum() + Counts(row.Values, 1).Sum() > 0);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _panels.Clear();
        foreach (var (name, values) in Rows.Rows)
        {
            var shown = Enumerable.Range(0, Classes.Length).Where(i => i < 2 ? HasClasses : !HasClasses).Where(i => Counts(values, i).Sum() > 0).ToArray();
            var shares = shown.Select(i => Shares(Counts(values, i))).ToArray();
            var top = shares.SelectMany(item => item).DefaultIfEmpty(1).Max();
            var means = shown.Select((i, at) => $"{Classes[i].Name} mean {Format.Measured(Mean(shares[at]))}");
            _panels.Add((name, $"{Rows.Metric.Label}, {name}: {string.Join(", ", means)}", [.. shown.Select((i, at) => (Path(shares[at], top), Classes[i].Colour))]));
        }
    }

    private static float[] Counts(float[] values, int row) => values[(row * values.Length / 3)..((row + 1) * values.Length / 3)];

    private static double[] Shares(float[] counts) => Array.ConvertAll(counts, count => count / (double)counts.Sum());

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
