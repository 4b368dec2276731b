using Crossbench.Reports.Suites;
using Crossbench.Web.Components.Plots;

namespace Crossbench.Web.Components.Suites;

/// <summary>What a loss costs: throughput, parameters or operations, with intervals, and what no other beats in both.</summary>
public sealed partial class FrontierView : SuiteViewBase
{
    private static readonly (string Name, string Title, string Words)[] Costs = [("speed", "Tokens/s", "throughput"), ("parameters", "Parameters", "the number of parameters"), ("flops", "FLOPs/token", "training operations per token")];

    private IReadOnlyList<(MatrixRow Row, MatrixCell Cell, SeedMean Figure)> _points = [];
    private IReadOnlyList<bool> _isOn = [];

    private string Cost => Costs.Any(cost => cost.Name == State.By) ? State.By! : Costs[0].Name;

    private string Title => Costs.First(cost => cost.Name == Cost).Title;

    private string Words => Costs.First(cost => cost.Name == Cost).Words;

    private bool MoreIsBetter => Cost == Costs[0].Name;

    private PlotMark[] Marks =>
    [
        .. _points.Select((point, i) => new PlotMark(point.Figure.Mean!.Value, point.Cell.Mean!.Value, RunFacts.Colour(point.Row), point.Row.Variant, $"{point.Row.Key}: loss {LossOf(point.Cell)}, {Title} {MeanOf(point.Figure)}{(_isOn[i] ? ", on the frontier" : "")}")
        {
            Label = point.Row.Key,
            IsHollow = RemarkOf(point.Cell).Length > 0,
            Along = point.Cell.Low is { } low && point.Cell.High is { } high ? (low, high) : null,
            Across = point.Figure.Low is { } left && point.Figure.High is { } right && left > 0 ? (left, right) : null,
        }),
    ];

    private PlotFigure Figure => new($"Final eval loss against {Words}", PlotScale.Around(Marks.SelectMany(mark => new[] { mark.X, mark.Across?.Low ?? mark.X, mark.Across?.High ?? mark.X }), isLog: true), PlotScale.Around(Marks.SelectMany(mark => new[] { mark.Y, mark.Along?.Low ?? mark.Y, mark.Along?.High ?? mark.Y })))
    {
        XTitle = $"{Title}, {(MoreIsBetter ? "more" : "fewer")} is better; logarithmic",
        XText = value => Format.Short(value),
        Marks = Marks,
        Curves = [new PlotCurve([.. _points.Index().Where(point => _isOn[point.Index]).Select(point => (X: point.Item.Figure.Mean!.Value, Y: point.Item.Cell.Mean!.Value)).OrderBy(point => point.X)], "--text-3", 1)],
        References = Matrix.FloorOf(Column) is { } floor ? [("floor", floor)] : [],
    };

    private IReadOnlyList<IReadOnlyList<string>> Table =>
        [.. _points.Select((point, i) => (IReadOnlyList<string>)[point.Row.Key, RemarkOf(point.Cell), LossOf(point.Cell), MeanOf(point.Figure), Format.Count(point.Cell.Losses.Count), RemarkOf(point.Cell).Length > 0 ? Format.Unknown : _isOn[i] ? "yes" : "no"])];

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _points = [.. Cells.Where(item => item.Cell.Mean is not null).Select(item => (item.Row, item.Cell, Figure: FigureOf(item.Cell))).Where(point => point.Figure.Mean > 0)];
        _isOn = Frontier.Of([.. _points.Select(point => (point.Figure.Mean!.Value, point.Cell.Mean!.Value, RemarkOf(point.Cell).Length == 0))], MoreIsBetter);
    }

    private SeedMean FigureOf(MatrixCell cell)
    {
        var figures = CellFigures.Of(cell, (_, _) => null);
        return Cost switch
        {
            "parameters" => new SeedMean(figures.Parameters, null, null),
            "flops" => new SeedMean(figures.Flops, null, null),
            _ => figures.TokensPerSecond,
        };
    }
}
