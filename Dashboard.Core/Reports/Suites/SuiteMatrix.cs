using Crossbench.Runs;
using Crossbench.Training;

namespace Crossbench.Reports.Suites;

/// <summary>How a run of a cell is.</summary>
public enum PipState
{
    /// <summary>Completed.</summary>
    Done,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>Paused, stopped or interrupted: it may go on.</summary>
    Left,

    /// <summary>Failed or diverged.</summary>
    Failed,
}

/// <summary>A run of a cell.</summary>
/// <param name="Run">The run.</param>
/// <param name="State">How it is.</param>
public sealed record MatrixPip(RunRecord Run, PipState State)
{
    /// <summary>Share of its steps done.</summary>
    public double Progress => Math.Clamp((double)Run.Step / Math.Max(1, Run.Spec.Training.Steps), 0, 1);
}

/// <summary>What a difference says.</summary>
public enum CellWord
{
    /// <summary>Nothing: too few seeds, a tie, nothing learned, excluded, or the baseline itself.</summary>
    None,

    /// <summary>Its simultaneous interval is below zero.</summary>
    Better,

    /// <summary>Its simultaneous interval is above zero.</summary>
    Worse,
}

/// <summary>One specification over its seeds.</summary>
public sealed record MatrixCell
{
    /// <summary>Its runs, by seed, oldest first.</summary>
    public required IReadOnlyList<MatrixPip> Pips { get; init; }

    /// <summary>Final evaluation losses by seed: of each seed the newest completed run.</summary>
    public required IReadOnlyDictionary<long, double> Losses { get; init; }

    /// <summary>The runs that have begun and whose curves stand for their seeds.</summary>
    public IReadOnlyList<RunRecord> Followed => SeedGroup.Follow(Pips.Where(pip => pip.Run.Step > 0).Select(pip => pip.Run), run => run);

    /// <summary>Mean over seeds.</summary>
    public double? Mean { get; init; }

    /// <summary>Lower end of its 95 % t interval, from two seeds on.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end.</summary>
    public double? High { get; init; }

    /// <summary>Seeds whose interval over sequences holds chance.</summary>
    public int Unlearned { get; init; }

    /// <summary>Whether it sees the future, so that it takes no part in any comparison.</summary>
    public bool IsExcluded { get; init; }

    /// <summary>Whether it has predicted other tokens than the baseline in this column (another dataset, context length, vocabulary or evaluation set): losses of these do not compare.</summary>
    public bool HasOtherData { get; init; }

    /// <summary>Difference to the baseline in this column; null for the baseline, where no seed is shared, and where data differ.</summary>
    public SeedDifference? Difference { get; init; }

    /// <summary>What the difference says.</summary>
    public CellWord Word { get; init; }

    /// <summary>Whether a seed of it has not learned: then it can neither win nor lose.</summary>
    public bool NotLearned => Unlearned > 0;
}

/// <summary>A selection as a matrix: losses over seeds, and differences to a baseline row.</summary>
public sealed class SuiteMatrix
{
    private readonly MatrixCell?[,] _cells;

    private SuiteMatrix(SuiteLayout layout, int baseline, MatrixCell?[,] cells, int comparisons) => (Layout, Baseline, _cells, Comparisons) = (layout, baseline, cells, comparisons);

    /// <summary>Where runs stand.</summary>
    public SuiteLayout Layout { get; }

    /// <summary>Index of the row that others are compared with.</summary>
    public int Baseline { get; }

    /// <summary>Cells that are compared with the baseline, whatever their runs have come to: the family over which intervals hold at once. Cells of other data are none.</summary>
    public int Comparisons { get; }

    /// <summary>A cell; null where the suite has no run.</summary>
    public MatrixCell? this[int row, int column] => _cells[row, column];

    /// <summary>Loss at chance of a column: as the runs found it, else by arithmetic.</summary>
    public double? ChanceOf(int column) => Found(column, run => run.Chance) ?? Layout.Columns[column].Chance;

    /// <summary>Smallest reachable loss of a column, likewise.</summary>
    public double? FloorOf(int column) => Found(column, run => run.Floor) ?? Layout.Columns[column].Floor;

    /// <summary>Puts runs into a layout.</summary>
    /// <param name="layout">The layout of these runs.</param>
    /// <param name="runs">The runs, as they are now.</param>
    /// <param name="baseline">Index of the row to compare with.</param>
    public static SuiteMatrix Of(SuiteLayout layout, IReadOnlyList<RunRecord> runs, int baseline)
    {
        var cells = new MatrixCell?[layout.Rows.Count, layout.Columns.Count];
        foreach (var group in runs.Select(run => (Run: run, Place: layout.PlaceOf(run.Id))).Where(item => item.Place is not null).GroupBy(item => item.Place!.Value))
        {
            cells[group.Key.Row, group.Key.Column] = Cell([.. group.Select(item => item.Run)], layout.Rows[group.Key.Row]);
        }

        (int Row, int Column)[] beside =
        [
            .. Enumerable.Range(0, layout.Rows.Count).Where(row => row != baseline).SelectMany(row => Enumerable.Range(0, layout.Columns.Count).Select(column => (row, column)))
                .Where(at => cells[at.row, at.column] is not null && cells[baseline, at.column] is not null),
        ];
        foreach (var (row, column) in beside.Where(at => !IsOfOneData(cells[at.Row, at.Column]!, cells[baseline, at.Column]!)))
        {
            cells[row, column] = cells[row, column]! with { HasOtherData = true };
        }

        var compared = beside.Where(at => cells[at.Row, at.Column] is { IsExcluded: false, HasOtherData: false } && cells[baseline, at.Column] is { IsExcluded: false }).ToArray();
        foreach (var (row, column) in compared)
        {
            cells[row, column] = Compared(cells[row, column]!, cells[baseline, column]!, compared.Length);
        }

        return new SuiteMatrix(layout, baseline, cells, compared.Length);
    }

    private static MatrixCell Cell(RunRecord[] runs, MatrixRow row)
    {
        var counted = runs.Where(run => run.Status == RunStatus.Completed && run.EvalLoss is { } loss && double.IsFinite(loss))
            .GroupBy(run => run.Spec.Seed).Select(group => group.MaxBy(run => run.CreatedAt)!).OrderBy(run => run.Spec.Seed).ToArray();
        var (mean, low, high) = SeedGroup.Summarise([.. counted.Select(run => run.EvalLoss!.Value)]);
        return new MatrixCell
        {
            Pips = [.. runs.OrderBy(run => run.Spec.Seed).ThenBy(run => run.CreatedAt).Select(run => new MatrixPip(run, StateOf(run.Status)))],
            Losses = counted.ToDictionary(run => run.Spec.Seed, run => run.EvalLoss!.Value),
            Mean = mean,
            Low = low,
            High = high,
            Unlearned = counted.Count(run => run.NotLearned),
            IsExcluded = !row.IsCausal || runs.Any(run => run.SeesTheFuture == true),
        };
    }

    /// <summary>Whether two cells were scored on the same tokens; all runs of a cell were.</summary>
    private static bool IsOfOneData(MatrixCell cell, MatrixCell baseline)
    {
        var (one, other) = (cell.Pips[0].Run.Spec, baseline.Pips[0].Run.Spec);
        return one.Dataset == other.Dataset && one.Shape.ContextLength == other.Shape.ContextLength && one.Training.EvaluationSequences == other.Training.EvaluationSequences
            && SpecValidator.VocabularyOf(one) == SpecValidator.VocabularyOf(other);
    }

    private static MatrixCell Compared(MatrixCell cell, MatrixCell baseline, int comparisons)
    {
        var difference = SeedDifference.Of(cell.Losses, baseline.Losses, comparisons);
        var isDecided = difference is { LeavesZero: true } && !cell.NotLearned && !baseline.NotLearned;
        return cell with { Difference = difference, Word = !isDecided ? CellWord.None : difference!.Mean < 0 ? CellWord.Better : CellWord.Worse };
    }

    private static PipState StateOf(RunStatus status) => status switch
    {
        RunStatus.Completed => PipState.Done,
        RunStatus.Running => PipState.Running,
        RunStatus.Queued => PipState.Queued,
        RunStatus.Failed or RunStatus.Diverged => PipState.Failed,
        _ => PipState.Left,
    };

    private double? Found(int column, Func<RunRecord, double?> figure) => SuiteLayout.Agreed(Enumerable.Range(0, Layout.Rows.Count)
        .SelectMany(row => _cells[row, column]?.Pips ?? []).Select(pip => figure(pip.Run)).Where(value => value is not null));
}
