using Crossbench.Reports.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>Runs as a matrix: a row for each architecture with its options, a column for each point of the other settings, seeds in a cell.</summary>
public sealed partial class SuiteMatrixView : ComponentBase
{
    /// <summary>The matrix.</summary>
    [Parameter, EditorRequired]
    public SuiteMatrix Matrix { get; set; } = null!;

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private SuiteLayout Layout => Matrix.Layout;

    private bool HasCrossings => Layout.IsAxis && Matrix.Comparisons > 0;

    private string TintWords => $"The interval of the paired difference over at least {SeedDifference.LeastSeeds} shared seeds leaves zero; {(Matrix.Comparisons == 1 ? "it holds with 95 %" : $"all {Matrix.Comparisons} intervals hold at once with 95 %")}.";

    /// <summary>Loss at chance, where it is that of all columns.</summary>
    private double? CommonChance => Enumerable.Range(0, Layout.Columns.Count).Select(Matrix.ChanceOf).Distinct().Take(2).ToArray() is [var one] ? one : null;

    private string ColumnWord => string.Join(", ", Layout.Settings.Where(setting => !setting.IsRow && IsTold(setting)).Select(setting => setting.ShortName == "id" ? setting.Path.Split('.')[0] : setting.ShortName)) is { Length: > 0 } names ? names : "Specification";

    /// <summary>What stands at the head of a column: the share of noise, or its settings.</summary>
    internal static string TitleOf(MatrixColumn column) => column.NoiseShare is { } share ? Format.Percent(share, 1) : column.Details.Length > 0 ? column.Details : "all runs";

    // Options that only some datasets or architectures have vary with these: one mark says it.
    private bool IsTold(VaryingSetting setting) => setting.Values.All(value => value.Length > 0) || !Layout.Settings.Any(other => other != setting && other.Path == setting.Path.Split('.')[0] + ".id");

    private string NoteOf(MatrixColumn column, int index)
    {
        string?[] parts =
        [
            column.NoiseShare is null ? null : column.Details,
            Matrix.FloorOf(index) is { } floor ? $"floor {Format.ShortLoss(floor)}" : null,
            CommonChance is null && Matrix.ChanceOf(index) is { } chance ? $"chance {Format.ShortLoss(chance)}" : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private string CrossingOf(int row)
    {
        var crossing = Crossing.Of(Matrix, row);
        return crossing.Levels < Crossing.LeastLevels ? $"needs {Crossing.LeastLevels} levels"
            : crossing.Changes.Count == 0 ? "no crossover"
            : string.Join(", ", crossing.Changes.Select(change => $"{PlaceOf(change.From)} to {PlaceOf(change.To)}"));
    }

    private string PlaceOf(int column) => Layout.IsNoise ? Format.Percent(Layout.Columns[column].NoiseShare, 1) : Format.Typed(Layout.Columns[column].Position);

    private string MoveHref(VaryingSetting setting)
    {
        var rows = Layout.Settings.Where(item => item.CanMove && (item == setting ? !item.IsRow : item.IsRow)).Select(item => item.Path);
        return Urls.With(Addresses, ("rows", string.Join(',', rows) is { Length: > 0 } paths ? paths : ","));
    }

    private void Choose(ChangeEventArgs change) => Addresses.NavigateTo(Urls.With(Addresses, ("baseline", (string?)change.Value)), replace: true);
}
