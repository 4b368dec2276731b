using Crossbench.Reports.Suites;
using Crossbench.Web.Components.Plots;

namespace Crossbench.Web.Components.Suites;

/// <summary>Differences to the baseline along the axis of noise, or of another number, and where their sign changes.</summary>
public sealed partial class CrossoverView : SuiteViewBase
{
    private static readonly (double Low, double High) Whole = (0, 1);

    private PlotFigure Differences
    {
        get
        {
            var lines = Lines(Compared(), MarkOf);
            var marks = lines.SelectMany(line => line.Marks).ToArray();
            var x = PlotScale.Around(Layout.Columns.Select(column => column.Position!.Value));
            return new PlotFigure("Difference of the final eval loss to the baseline, by level", x, PlotScale.Around([0, .. marks.SelectMany(mark => new[] { mark.Y, mark.Along?.Low ?? mark.Y, mark.Along?.High ?? mark.Y })]))
            {
                XTitle = Layout.IsNoise ? "corrupted share of predicted tokens" : string.Join(", ", Layout.Settings.Where(setting => !setting.IsRow).Select(setting => setting.Path)),
                XText = PositionText,
                YText = value => Format.Difference(value),
                XTicks = [.. Layout.Columns.Select(column => column.Position!.Value)],
                Marks = marks,
                Curves = [.. lines.Select(line => new PlotCurve([.. line.Marks.Where(mark => !mark.IsHollow).Select(mark => (mark.X, mark.Y))], RunFacts.Colour(line.Row), line.Row.Variant))],
                Zones = [.. Unlearned(x), .. Crossings()],
                References = [("no difference", 0)],
            };
        }
    }

    private PlotFigure Shares
    {
        get
        {
            var lines = Lines(Rows(), ShareMark);
            var marks = lines.SelectMany(line => line.Marks).ToArray();
            return new PlotFigure("Share of the way from chance to floor, by level", PlotScale.Around(Layout.Columns.Select(column => column.Position!.Value)), PlotScale.Around([Whole.Low, Whole.High, .. marks.Select(mark => mark.Y)]))
            {
                XText = PositionText,
                YText = value => Format.Percent(value),
                XTicks = [.. Layout.Columns.Select(column => column.Position!.Value)],
                Marks = marks,
                Curves = [.. lines.Select(line => new PlotCurve([.. line.Marks.Where(mark => !mark.IsHollow).Select(mark => (mark.X, mark.Y))], RunFacts.Colour(line.Row), line.Row.Variant))],
                References = [("chance", Whole.Low), ("floor", Whole.High)],
            };
        }
    }

    private IReadOnlyList<IReadOnlyList<string>> DifferenceRows =>
    [
        .. Rows().Select(row => (IReadOnlyList<string>)
        [
            Layout.Rows[row].Key,
            .. Enumerable.Range(0, Layout.Columns.Count).Select(column => row == Matrix.Baseline ? "baseline" : Matrix[row, column] is not { } cell ? "no run" : RemarkOf(cell) is { Length: > 0 } remark ? remark : DifferenceOf(cell.Difference) + WordOf(cell.Word)),
            row == Matrix.Baseline ? "" : CrossingText(row),
        ]),
    ];

    private IReadOnlyList<IReadOnlyList<string>> ShareRows =>
        [.. Rows().Select(row => (IReadOnlyList<string>)[Layout.Rows[row].Key, .. Enumerable.Range(0, Layout.Columns.Count).Select(column => ShareMark(row, column) is { } mark ? Format.Percent(mark.Y, 1) : Format.Unknown)])];

    private static string WordOf(CellWord word) => word switch { CellWord.Better => ", better", CellWord.Worse => ", worse", _ => "" };

    private IEnumerable<int> Rows() => Enumerable.Range(0, Layout.Rows.Count);

    private IEnumerable<int> Compared() => Rows().Where(row => row != Matrix.Baseline && Layout.Rows[row].IsCausal);

    private (MatrixRow Row, PlotMark[] Marks)[] Lines(IEnumerable<int> rows, Func<int, int, PlotMark?> mark) =>
        [.. rows.Select(row => (Layout.Rows[row], Enumerable.Range(0, Layout.Columns.Count).Select(column => mark(row, column)).OfType<PlotMark>().ToArray()))];

    private string PositionText(double value) => Layout.IsNoise ? Format.Percent(value, 1) : Format.Typed(value);

    private string CrossingText(int row)
    {
        var crossing = Crossing.Of(Matrix, row);
        return !Layout.Rows[row].IsCausal ? "excluded" : crossing.Levels < Crossing.LeastLevels ? $"needs {Crossing.LeastLevels} levels" : crossing.Changes.Count == 0 ? "no crossover"
            : string.Join(", ", crossing.Changes.Select(change => $"{PositionText(Layout.Columns[change.From].Position!.Value)} to {PositionText(Layout.Columns[change.To].Position!.Value)}"));
    }

    private PlotMark? MarkOf(int row, int column)
    {
        if (Matrix[row, column] is not { Difference: { } difference, IsExcluded: false } cell)
        {
            return null;
        }

        var line = Layout.Rows[row];
        var isHollow = cell.NotLearned || Matrix[Matrix.Baseline, column] is { NotLearned: true } || difference.Low is null;
        return new PlotMark(Layout.Columns[column].Position!.Value, difference.Mean, RunFacts.Colour(line), line.Variant, $"{line.Key}, {SuiteMatrixView.TitleOf(Layout.Columns[column])}: {DifferenceOf(difference)}{(cell.NotLearned ? ", not learned" : WordOf(cell.Word))}")
        {
            IsHollow = isHollow,
            Along = difference.Low is { } low && difference.High is { } high ? (low, high) : null,
        };
    }

    private PlotMark? ShareMark(int row, int column)
    {
        if (Matrix[row, column] is not { Mean: { } mean, IsExcluded: false } cell || Matrix.ChanceOf(column) is not { } chance || Matrix.FloorOf(column) is not { } floor || chance <= floor)
        {
            return null;
        }

        double Share(double loss) => (chance - loss) / (chance - floor);
        var line = Layout.Rows[row];
        return new PlotMark(Layout.Columns[column].Position!.Value, Share(mean), RunFacts.Colour(line), line.Variant, $"{line.Key}, {SuiteMatrixView.TitleOf(Layout.Columns[column])}: {Format.Percent(Share(mean), 1)}")
        {
            IsHollow = cell.NotLearned,
            Along = cell.Low is { } low && cell.High is { } high ? (Share(high), Share(low)) : null,
        };
    }

    private IEnumerable<PlotZone> Crossings() => Compared().SelectMany(row => Crossing.Of(Matrix, row).Changes.Select(change => new PlotZone(
        Layout.Columns[change.From].Position!.Value, Layout.Columns[change.To].Position!.Value, RunFacts.Colour(Layout.Rows[row]), CrossingText(row))));

    /// <summary>Levels at which the baseline or every other row has not learned, each up to halfway to its neighbours.</summary>
    private IEnumerable<PlotZone> Unlearned(PlotScale x)
    {
        var positions = Layout.Columns.Select(column => column.Position!.Value).ToArray();
        for (var column = 0; column < positions.Length; column++)
        {
            var others = Compared().Select(row => Matrix[row, column]).Where(cell => cell?.Mean is not null).ToArray();
            if (Matrix[Matrix.Baseline, column] is { NotLearned: true } || (others.Length > 0 && others.All(cell => cell!.NotLearned)))
            {
                yield return new PlotZone(column == 0 ? x.Low : (positions[column - 1] + positions[column]) / 2, column == positions.Length - 1 ? x.High : (positions[column] + positions[column + 1]) / 2, "--text-3", "not learned");
            }
        }
    }
}
