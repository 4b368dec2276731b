using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Diagnostics;

/// <summary>How the distribution of a value moves over training, in one layer: a band for signal and one for noise, time to the right, the value upwards.</summary>
public sealed partial class HistogramTime : ComponentBase
{
    private HistogramHistory _history = null!;
    private double _top;
    private int? _row;

    /// <summary>The latest measurement, a row each layer.</summary>
    [Parameter, EditorRequired]
    public MetricRows Rows { get; set; } = null!;

    /// <summary>Whether a table stands in for the chart.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    [CascadingParameter]
    internal RunDiagnostics Diagnostics { get; set; } = null!;

    // The last layer unless another is chosen.
    private int Row => Math.Min(_row ?? int.MaxValue, Rows.Rows.Count - 1);

    private string Id => "time-" + Rows.Metric.Name.Replace('.', '-');

    private string Title => $"{Rows.Metric.Label}, {Rows.Rows[Row].Name}";

    private string Each => _history.Columns.Max(column => column.Count) is > 1 and var most ? $"the sum of up to {most} measurements" : "a measurement";

    private IReadOnlyList<int> Shown => ClassCounts.Shown(Rows);

    private string? Initial => Rows.Metric.InitialValue is { } value ? RunFacts.Width(new ValueScale(Rows.Metric.Bins.Low, Rows.Metric.Bins.High).Share(value)) : null;

    /// <inheritdoc/>
    protected override void OnParametersSet() => Read();

    private void Read()
    {
        _history = Diagnostics.History(Rows.Metric, Row);
        _top = _history.Columns.SelectMany(column => Shown.SelectMany(index => ClassCounts.Shares(column.Values, index))).DefaultIfEmpty(1).Max();
    }

    private void Choose(ChangeEventArgs change)
    {
        _row = int.Parse((string)change.Value!, CultureInfo.InvariantCulture);
        Read();
    }

    private string Describe(int index)
    {
        var (first, last) = (_history.Columns[0], _history.Columns[^1]);
        return $"{Title}, {ClassCounts.Names[index]}: mean {Format.Measured(first.Mean(index, Rows.Metric.Bins))} at step {first.Steps}, {Format.Measured(last.Mean(index, Rows.Metric.Bins))} at step {last.Steps}";
    }

    // One stripe for neighbouring bins of one shade.
    private string Gradient(HistogramColumn column, int index)
    {
        var shares = ClassCounts.Shares(column.Values, index);
        var text = new StringBuilder("linear-gradient(to top");
        for (var first = 0; first < shares.Length;)
        {
            var shade = Shade(shares[first]);
            var end = first + 1;
            while (end < shares.Length && Shade(shares[end]) == shade)
            {
                end++;
            }

            text.Append(CultureInfo.InvariantCulture, $",var(--seq-{shade}) {100.0 * first / shares.Length:0.##}% {100.0 * end / shares.Length:0.##}%");
            first = end;
        }

        return text.Append(')').ToString();
    }

    // Whatever has a token is not left white.
    private int Shade(double share) => share <= 0 ? 0 : Math.Max(1, (int)Math.Round(ValueScale.Strongest * share / _top));
}
