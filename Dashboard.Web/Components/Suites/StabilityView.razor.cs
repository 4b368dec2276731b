using Crossbench.Reports;
using Crossbench.Reports.Suites;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Suites;

/// <summary>How evenly the rows of a column trained, what memory they took, how train and eval loss lie, and where their parameters are.</summary>
public sealed partial class StabilityView : SuiteViewBase
{
    private const int Colours = 12;
    private IReadOnlyList<(MatrixRow Row, MatrixCell Cell, CellFigures Figures)> _rows = [];
    private IReadOnlyList<(MatrixRow Row, Dictionary<string, long> Counts)> _counts = [];
    private string[] _parts = [];
    private double _slowest;
    private double _largest;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _rows = [.. Cells.Select(item => (item.Row, item.Cell, CellFigures.Of(item.Cell, Last)))];
        _slowest = _rows.SelectMany(item => new[] { item.Figures.StepMedian.Mean ?? 0, item.Figures.StepTail.Mean ?? 0 }).DefaultIfEmpty().Max();
        _largest = _rows.Select(item => item.Figures.PeakMemory.Mean ?? 0).DefaultIfEmpty().Max();
        _counts = [.. Cells.Select(item => (item.Row, new RunResult { Run = item.Cell.Pips[0].Run }.Cost.Parts.ToDictionary(part => part.Part, part => part.Count)))];
        _parts = [.. _counts.SelectMany(item => item.Counts.Keys).Distinct()];
    }

    private static RenderFragment Bar(double? value, double whole, MatrixRow row, string words) => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "hb");
        builder.AddAttribute(2, "style", $"--c:var({RunFacts.Colour(row)});--w:{RunFacts.Width(whole > 0 ? Math.Clamp((value ?? 0) / whole, 0, 1) : 0)}");
        builder.AddContent(3, value is null ? Format.Unknown : words);
        builder.CloseElement();
    };

    private string PartColour(string part) => $"var(--cat-{1 + (Array.IndexOf(_parts, part) % Colours)})";
}
