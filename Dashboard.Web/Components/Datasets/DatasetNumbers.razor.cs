using Crossbench.Datasets;
using Microsoft.AspNetCore.Components;

namespace Crossbench.Web.Components.Datasets;

/// <summary>Chance, floor, and what was counted.</summary>
public sealed partial class DatasetNumbers : ComponentBase
{
    /// <summary>The look into the dataset.</summary>
    [Parameter, EditorRequired]
    public DatasetReport Report { get; set; } = null!;

    private string Scope => $"sizes of the whole dataset, the rest from {Format.Plural(Report.Statistics.Rows, "row")} of {Format.Count(Report.Statistics.ContextLength)} tokens, spread over the validation split";

    private IEnumerable<(string Name, string Value, string Unit, string Help)> Facts
    {
        get
        {
            var statistics = Report.Statistics;
            yield return ("Chance", Format.ShortLoss(Report.Facts.Chance), "nats", "Loss of a predictor that knows only token frequencies");
            yield return ("Floor", Format.ShortLoss(Report.Facts.Floor), Report.Facts.Floor is null ? "" : "nats", "Smallest loss that can be reached");
            if (Report.Facts.Irreducible is { } bound)
            {
                yield return ("Noise alone", Format.ShortLoss(bound), "nats", "What the noise costs every predictor; no loss can stay below it");
            }

            if (Report.Facts.NoiseShare is { } noise)
            {
                yield return ("Noise", Format.Percent(noise, 1), "", "Real share of what is noise, whatever the option says");
            }

            yield return ("Entropy", Format.ShortLoss(statistics.Entropy), "nats", "Entropy of the frequencies of the scored tokens in these rows");
            if (statistics.Tokens is { } tokens)
            {
                yield return ("Tokens", Format.Count(tokens), "", "Tokens of all splits");
            }

            if (statistics.Documents is { } documents)
            {
                yield return ("Documents", Format.Count(documents), "", "Documents of all splits");
            }

            yield return Sequences("Validation", statistics.ValidationSequences, "Sequences of the validation split that share no token");
            yield return Sequences("Test", statistics.TestSequences, "Sequences of the test split that share no token");
            yield return ("Scored", Format.Percent(statistics.ScoredShare, 1), $"{Format.Measured(statistics.ScoredPerRow)} a row", "Positions whose prediction counts");
            yield return ("Different tokens", Format.Count(statistics.DistinctTokens), "", "Different tokens in these rows, padding left out");
        }
    }

    private static (string Name, string Value, string Unit, string Help) Sequences(string name, long? count, string help) =>
        count is { } known ? (name, Format.Count(known), known == 1 ? "row" : "rows", help) : (name, "endless", "", "Generated: as many sequences as asked for");
}
