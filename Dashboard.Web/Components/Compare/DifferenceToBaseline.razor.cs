using System.Globalization;
using Crossbench.Reports;
using Crossbench.Web.Components.Charts;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Compare;

/// <summary>The evaluation loss of each specification beside that of the baseline, with the interval of the difference. It ranks nothing.</summary>
public sealed partial class DifferenceToBaseline : ComponentBase
{
    private const double Width = 160;
    private const double Margin = 6;
    private IReadOnlyList<Row> _rows = [];
    private string _zero = "80";

    /// <summary>The specifications.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ShownGroup> Groups { get; set; } = [];

    /// <summary>Index of the baseline.</summary>
    [Parameter]
    public int Baseline { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var differences = Groups.Select((item, i) => i == Baseline ? null : PairedDifference.Of(Groups[Baseline].Group, item.Group)).ToArray();
        var reach = differences.OfType<PairedDifference>().SelectMany(item => new[] { item.Mean, item.Low, item.High }).OfType<double>().Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
        _rows = [.. Groups.Select((shown, i) => new Row(shown.Group, shown.Name, shown.Colour, i == Baseline, differences[i] ?? new PairedDifference(null, null, null, DifferenceBasis.None, [], 0), shown.Remark, differences[i] is { } item ? Draw(item, reach) : null))];
    }

    private static Picture? Draw(PairedDifference item, double reach)
    {
        string X(double value) => ((Width / 2) + (value / Math.Max(reach, 1e-12) * ((Width / 2) - Margin))).ToString("0.##", CultureInfo.InvariantCulture);
        return item.Mean is not { } mean ? null : new Picture(X(mean), item is { Low: { } low, High: { } high } && double.IsFinite(high - low) ? $"M{X(low)} 8H{X(high)}M{X(low)} 4V12M{X(high)} 4V12" : "", item.Basis != DifferenceBasis.Seeds);
    }

    private static string Loss(SeedGroup group) => group.EvalLoss switch
    {
        ({ } mean, { } low, { } high) => $"{Format.ShortLoss(mean)} {Format.HalfWidth(low, high)}",
        ({ } mean, _, _) => Format.Loss(mean),
        _ => Format.Unknown,
    };

    private static string Delta(PairedDifference item) => item.Mean is not { } mean ? Format.Unknown
        : item is { Low: { } low, High: { } high } ? $"{Format.Signed(mean)} [{Format.ShortLoss(low)}, {Format.ShortLoss(high)}]" : Format.Signed(mean);

    private static string Basis(PairedDifference item) => item.Basis switch
    {
        DifferenceBasis.Seeds => $"{item.BySeed.Count} seeds",
        DifferenceBasis.Sequences => $"{Format.Plural(item.Sequences, "sequence")} of one seed",
        _ => "no seed that both have completed on the same evaluation set",
    };

    private sealed record Row(SeedGroup Group, string Name, string Colour, bool IsBaseline, PairedDifference Difference, string Remark, Picture? Picture);

    private sealed record Picture(string Centre, string Line, bool IsHollow);
}
