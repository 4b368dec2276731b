using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Web.Components.Diagnostics;
using static Crossbench.Web.Cli.TextSections;

namespace Crossbench.Web.Cli;

/// <summary>One dataset for people to read.</summary>
internal static class DatasetText
{
    /// <summary>What can be said without opening it: what it is for, and its options.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="setup">The dataset.</param>
    /// <param name="notes">What a user should know.</param>
    public static void WriteOptions(TextWriter writer, DatasetSetup setup, IReadOnlyList<string> notes)
    {
        writer.WriteLine($"{setup.Dataset.Id}: {setup.Dataset.Title}");
        writer.WriteLine(setup.Dataset.Summary);
        foreach (var note in notes)
        {
            writer.WriteLine(note);
        }

        writer.WriteLine();
        var shape = new ModelShape { ContextLength = setup.ContextLength, Vocabulary = setup.Vocabulary };
        TextSections.Write(writer, "Options",
        [
            .. OptionSchema.For(setup.Options.GetType()).Fields.Select(field => Option("dataset", field, setup.Options)),
            .. OptionSchema.For(typeof(ModelShape)).Fields.Where(field => field.Name is "contextLength" or "vocabulary").Select(field => Option("shape", field, shape)),
        ]);
    }

    /// <summary>All of it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="setup">The dataset.</param>
    /// <param name="report">A look into it.</param>
    /// <param name="inColour">Whether the terminal shows colours.</param>
    public static void Write(TextWriter writer, DatasetSetup setup, DatasetReport report, bool inColour)
    {
        WriteOptions(writer, setup, report.Notes);
        TextSections.Write(writer, "Loss, nats per scored token",
        [
            ("Chance", Invariant($"{report.Facts.Chance:F4}  a predictor that knows only token frequencies")),
            ("Floor", report.Facts.Floor is { } floor ? Invariant($"{floor:F4}  the smallest loss that can be reached") : "not known"),
            .. report.Facts.Irreducible is { } bound ? [("Noise alone", Invariant($"{bound:F4}  what the noise costs every predictor"))] : Array.Empty<(string, string)>(),
        ]);
        var statistics = report.Statistics;
        TextSections.Write(writer, "Size", [.. Size(statistics)]);
        TextSections.Write(writer, Invariant($"In {statistics.Rows:N0} rows of {statistics.ContextLength:N0}, spread over the validation split"),
        [
            ("Scored", Invariant($"{statistics.ScoredShare:P1}, {statistics.ScoredPerRow:N1} a row")),
            ("Entropy of the scored tokens", Invariant($"{statistics.Entropy:F4} nats")),
            ("Different tokens", Invariant($"{statistics.DistinctTokens:N0}")),
            .. report.Facts.NoiseShare is { } noise ? [("Noise", Invariant($"{noise:P1}"))] : Array.Empty<(string, string)>(),
            .. statistics.Classes.Select(item => ($"Class {Format.Word(item.Class)}", Invariant($"{item.Share:P1}"))),
        ]);
        TextSections.Write(writer, "Most frequent tokens", [.. statistics.MostFrequent.Select(token => (VisibleText.Of(token.Text), Invariant($"{token.Share:P2}")))]);
        WriteSamples(writer, report, inColour);
    }

    private static void WriteSamples(TextWriter writer, DatasetReport report, bool inColour)
    {
        if (report.Samples.Count > 0)
        {
            writer.WriteLine(MarkedRow.Legend(report.Samples));
            writer.WriteLine();
        }

        foreach (var row in report.Samples)
        {
            writer.WriteLine(Invariant($"Row {row.Row:N0} of {report.Statistics.Rows:N0}: {row.Length:N0} tokens, {row.Scored:N0} scored{(row.Omitted > 0 ? $"; {row.Omitted:N0} more are left out" : "")}"));
            MarkedRow.Write(writer, row, inColour);
            if (row.Clean is { } clean)
            {
                writer.WriteLine($"  Clean text, whose tokens are to be predicted: {VisibleText.WithSpaces(clean)}");
            }

            writer.WriteLine();
        }
    }

    private static IEnumerable<(string, string)> Size(DatasetStatistics statistics)
    {
        if (statistics.Tokens is { } tokens)
        {
            yield return ("Tokens", Count(tokens));
        }

        if (statistics.Documents is { } documents)
        {
            yield return ("Documents", Count(documents));
        }

        yield return ("Validation", Sequences(statistics.ValidationSequences));
        yield return ("Test", Sequences(statistics.TestSequences));
    }

    private static string Sequences(long? count) => count is { } known ? Count(known) + " sequences" : "as many sequences as asked for";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
