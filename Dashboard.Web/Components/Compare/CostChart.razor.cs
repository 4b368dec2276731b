using Crossbench.Reports;
using Crossbench.Reports.Suites;
using Crossbench.Web.Components.Charts;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Compare;

/// <summary>What a loss is paid with.</summary>
public enum CostKind
{
    /// <summary>Training tokens per second: the more the better.</summary>
    Speed,

    /// <summary>Parameters.</summary>
    Parameters,

    /// <summary>Floating-point operations of training per token.</summary>
    Flops,
}

/// <summary>Evaluation loss against what it costs, and those that none beats in both.</summary>
public sealed partial class CostChart : ComponentBase
{
    private List<Point> _points = [];
    private IReadOnlyList<ChartLine> _lines = [];
    private ChartFrame _frame = new();
    private CurveNumbers _table = new([], []);

    /// <summary>The specifications.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ShownGroup> Groups { get; set; } = [];

    /// <summary>What is paid with.</summary>
    [Parameter]
    public CostKind Cost { get; set; }

    /// <summary>Called when another cost is chosen.</summary>
    [Parameter]
    public EventCallback<CostKind> OnCost { get; set; }

    /// <summary>Whether the numbers are shown instead of the points.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    private string Note => $"eval loss against {NameOf(Cost)}{(Cost == CostKind.Speed ? ", right is faster" : "")}{(IsOneData ? "; dashed: none beats them in both" : "; losses of different data do not compare, so nothing is joined")}";

    private bool IsOneData => Groups.Select(item => (item.Spec.Dataset, item.Spec.Shape.ContextLength, item.Spec.Shape.Vocabulary)).Distinct().Take(2).Count() == 1;

    private string Description => $"Eval loss against {NameOf(Cost)}. {string.Join("; ", _points.Select(point => $"{point.Title}: {Format.ShortLoss(point.Loss)} at {Format.Short(point.Cost)}{(point.IsBest ? ", not beaten" : "")}"))}";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var points = Groups.Select(item => (item.Name, item.Colour, item.Remark, item.Group.EvalLoss, Cost: CostOf(item.Group))).Where(item => item.EvalLoss.Mean is not null && item.Cost is not null).ToArray();
        var isBest = Frontier.Of([.. points.Select(item => (item.Cost!.Value, item.EvalLoss.Mean!.Value, IsOneData && item.Remark.Length == 0))], moreIsBetter: Cost == CostKind.Speed);
        var found = points.Select((item, i) => new Point(item.Name, item.Colour, item.Remark, item.Cost!.Value, item.EvalLoss.Mean!.Value, item.EvalLoss.Low, item.EvalLoss.High, isBest[i])).ToList();
        if (found.SequenceEqual(_points))
        {
            return;
        }

        _points = found;
        Draw();
    }

    private static string NameOf(CostKind kind) => kind switch
    {
        CostKind.Speed => "tokens/s",
        CostKind.Parameters => "parameters",
        _ => "FLOPs/token",
    };

    private double? CostOf(SeedGroup group) => Cost switch
    {
        CostKind.Speed => group.TokensPerSecond.Mean,
        CostKind.Parameters => group.Runs[0].Parameters,
        _ => group.Runs[0].Cost.TrainingFlops,
    };

    private void Draw()
    {
        var frontier = new ChartLine("not beaten", "--chart-ref", LineLook.Smooth, dash: 1, isQuiet: true);
        frontier.Show([.. _points.Where(point => point.IsBest).OrderBy(point => point.Cost).Select(point => new WhiskerPoint(point.Cost, point.Loss, point.Loss, point.Loss))]);
        _lines = [frontier, .. _points.Select(LineOf)];
        if (_points.Count == 0)
        {
            return;
        }

        var (low, high) = (_points.Min(point => point.Cost), _points.Max(point => point.Cost));
        var pad = Math.Max(0.08 * (high - low), 0.02 * Math.Abs(high));
        _frame = new ChartFrame
        {
            X = (low - pad, high + pad),
            Y = ChartFrame.RangeOf(_points.SelectMany(point => new[] { point.Low ?? point.Loss, point.High ?? point.Loss, point.Loss }), [], false),
            XFormat = "~s",
            IsUnified = false,
            Labels = _points.Count > 12 ? [] : [.. _points.Select(point => new ChartLabel(point.Title, point.Loss, point.Remark.Length > 0 ? "--text-3" : point.Colour + "-text"))],
        };
        _table = new CurveNumbers(
            ["Specification", NameOf(Cost), "Eval loss", "95 % interval", "Not beaten"],
            [.. _points.OrderBy(point => point.Cost).Select(point => (IReadOnlyList<string?>)[point.Title, Format.Short(point.Cost), Format.Loss(point.Loss), point.Low is { } from && point.High is { } to ? $"[{Format.ShortLoss(from)}, {Format.ShortLoss(to)}]" : null, point.IsBest ? "yes" : point.Remark.Length > 0 || !IsOneData ? null : "no"])]);
    }

    private static ChartLine LineOf(Point point)
    {
        var line = new ChartLine(point.Title, point.Remark.Length > 0 ? "--text-3" : point.Colour, LineLook.Points);
        line.Show([new WhiskerPoint(point.Cost, point.Loss, point.Low ?? point.Loss, point.High ?? point.Loss)]);
        return line;
    }

    private sealed record Point(string Name, string Colour, string Remark, double Cost, double Loss, double? Low, double? High, bool IsBest)
    {
        /// <summary>Its name, and why it takes no part.</summary>
        public string Title => Remark.Length > 0 ? $"{Name}, {Remark}" : Name;
    }
}
