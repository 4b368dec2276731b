using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Web.Components.Diagnostics;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Datasets;

/// <summary>Decoded rows: each token as text, marked by its class; scored tokens are filled, others are not.</summary>
public sealed partial class SampleRows : ComponentBase
{
    private const int FirstTokens = 400;
    private const int FirstLetters = 4 * FirstTokens;
    private bool _isWhole;

    /// <summary>The look into the dataset.</summary>
    [Parameter, EditorRequired]
    public DatasetReport Report { get; set; } = null!;

    /// <summary>Whether rows are shown as tables.</summary>
    [Parameter]
    public bool IsTable { get; set; }

    [Inject]
    private NavigationManager Addresses { get; set; } = null!;

    private int Longest => Report.Samples.Max(row => row.Tokens.Count);

    private string Caption(SampleRow row) => $"Row {Format.Count(row.Row)} of {Format.Count(Report.Statistics.Rows)}: {Format.Plural(row.Length, "token")}, {Format.Count(row.Scored)} scored{(row.Omitted > 0 ? $"; {Format.Count(row.Omitted)} more are left out" : "")}";

    private string Shown(string clean) => VisibleText.WithSpaces(_isWhole || clean.Length <= FirstLetters ? clean : clean[..FirstLetters]) + (_isWhole || clean.Length <= FirstLetters ? "" : " …");

    private MetricTable TableOf(SampleRow row) => new(
        Caption(row),
        [new("Position"), new("Token", false), new("Id"), new("Class", false), new("Scored", false), .. Predicted(row).Select(_ => new TableColumn("To be predicted", false))],
        [.. row.Tokens.Select((token, i) => (IReadOnlyList<string>)
            [Format.Count(i), VisibleText.Of(token.Text), Format.Count(token.Id), TokenMark.WordOf(token), token.IsScored ? "yes" : "no", .. Predicted(row).Select(_ => VisibleText.Of(token.Predicted ?? token.Text))])]);

    /// <summary>One for the column of what is to be predicted, where that differs from what is read anywhere.</summary>
    private static IEnumerable<int> Predicted(SampleRow row) => Enumerable.Range(0, row.Tokens.Any(token => token.Predicted is not null) ? 1 : 0);
}
