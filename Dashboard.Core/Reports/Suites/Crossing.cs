namespace Crossbench.Reports.Suites;

/// <summary>Where along an axis a specification stops being better than the baseline, or begins to be.</summary>
/// <param name="Levels">Levels of the axis at which both have learned and share enough seeds.</param>
/// <param name="Changes">Between which levels the sign changes: the last level with one sign and the first with the other, both beyond doubt; empty for no crossover.</param>
public sealed record Crossing(int Levels, IReadOnlyList<(int From, int To)> Changes)
{
    /// <summary>Levels from which on a crossover can be told, or its absence.</summary>
    public const int LeastLevels = 2;

    /// <summary>Looks along a row.</summary>
    /// <param name="matrix">The matrix, whose columns are an axis.</param>
    /// <param name="row">The row.</param>
    public static Crossing Of(SuiteMatrix matrix, int row)
    {
        var (levels, changes) = (0, new List<(int From, int To)>());
        (int Column, CellWord Word)? last = null;
        for (var column = 0; column < matrix.Layout.Columns.Count; column++)
        {
            if (matrix[row, column] is not { NotLearned: false, Difference.Low: not null } cell || matrix[matrix.Baseline, column] is not { NotLearned: false })
            {
                continue;
            }

            levels++;
            if (cell.Word == CellWord.None)
            {
                continue;
            }

            if (last is { } before && before.Word != cell.Word)
            {
                changes.Add((before.Column, column));
            }

            last = (column, cell.Word);
        }

        return new Crossing(levels, changes);
    }
}
