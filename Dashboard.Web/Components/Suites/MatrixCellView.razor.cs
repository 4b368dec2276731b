using System.Globalization;
using Crossbench.Reports.Suites;
using Crossbench.Runs;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>One specification over its seeds: mean and interval, difference to the baseline, a pip for each seed.</summary>
public sealed partial class MatrixCellView : ComponentBase
{
    /// <summary>The cell; null where the suite has no run.</summary>
    [Parameter, EditorRequired]
    public MatrixCell? Cell { get; set; }

    /// <summary>Whether it is in the row that others are compared with.</summary>
    [Parameter]
    public bool IsBaseline { get; set; }

    /// <summary>Which cell it is, in words.</summary>
    [Parameter]
    public string Words { get; set; } = "";

    /// <summary>Comparisons whose intervals hold at once.</summary>
    [Parameter]
    public int Comparisons { get; set; }

    private string Css => string.Join(' ', new[]
    {
        Cell!.IsExcluded ? "ex" : null, Cell.NotLearned ? "nl" : null, Cell.Word switch { CellWord.Better => "better", CellWord.Worse => "worse", _ => null },
    }.OfType<string>());

    /// <summary>What stands to the right: why there is no verdict, or the difference.</summary>
    private string Aside => Cell!.NotLearned ? Cell.Unlearned == Cell.Losses.Count ? "not learned" : $"{Cell.Unlearned} of {Cell.Losses.Count} not learned"
        : Cell.IsExcluded ? "excluded"
        : Cell.HasOtherData ? "other data"
        : Cell.Difference is { } difference ? Format.Difference(difference.Mean) : "";

    private string Note => (Cell!.Pips.Count(pip => pip.State == PipState.Failed), Cell.Pips.Count(pip => pip.State == PipState.Queued), Cell.Losses.Count) switch
    {
        ( > 0 and var broken, _, _) => $"{broken} broken",
        (_, var queued, _) when queued == Cell.Pips.Count => "queued",
        (_, _, var done) when done < Cell.Pips.Select(pip => pip.Run.Spec.Seed).Distinct().Count() => $"{done} of {Cell.Pips.Select(pip => pip.Run.Spec.Seed).Distinct().Count()}",
        _ => "",
    };

    private string Seeds => string.Join(", ", Cell!.Pips.CountBy(pip => pip.Run.Status).Select(pair => $"{pair.Value} {Format.Status(pair.Key).ToLowerInvariant()}"));

    private string Tip
    {
        get
        {
            var values = string.Join(", ", Cell!.Pips.Select(pip => $"seed {pip.Run.Spec.Seed.ToString(CultureInfo.InvariantCulture)}: {(pip.Run.Status == RunStatus.Completed ? Format.Loss(pip.Run.EvalLoss) : Format.Status(pip.Run.Status).ToLowerInvariant())}"));
            var verdict = IsBaseline || Cell.Difference is not { } difference ? ""
                : difference.Low is not { } low || difference.High is not { } high ? $" Difference {Format.Difference(difference.Mean)} over {Format.Plural(difference.Seeds, "shared seed")}: an interval needs {SeedDifference.LeastSeeds}."
                : $" Difference {Format.Difference(difference.Mean)} [{Format.Difference(low)}, {Format.Difference(high)}] over {Format.Plural(difference.Seeds, "shared seed")}, 95 % over all {Comparisons} comparisons at once.";
            return $"{Words}. {values}.{(Cell.IsExcluded ? " It sees the future and is compared with nothing." : "")}{(Cell.HasOtherData ? " It has predicted other data than the baseline, so the two losses do not compare." : "")}{(Cell.NotLearned ? " Its interval over sequences holds chance: it can neither win nor lose." : verdict)}";
        }
    }

    private static string CssOf(MatrixPip pip) => pip.State switch
    {
        PipState.Done => "d",
        PipState.Running => "r",
        PipState.Queued => "w",
        PipState.Failed => "f",
        _ => "p",
    };
}
