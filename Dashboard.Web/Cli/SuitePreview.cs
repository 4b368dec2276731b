using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Suites;
using Crossbench.Training;

namespace Crossbench.Web.Cli;

/// <summary>What <c>suite --preview</c> prints.</summary>
internal static class SuitePreview
{
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>The plan as one JSON object.</summary>
    /// <param name="writer">Gets it.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="seconds">Seconds of each run; null where nobody knows.</param>
    public static void WriteJson(TextWriter writer, SuitePlan plan, IReadOnlyList<double?> seconds) => writer.WriteLine(new JsonObject
    {
        ["name"] = plan.Name,
        ["compat"] = plan.IsTransBench ? "transbench" : null,
        ["runs"] = new JsonArray([.. plan.Runs.Select((run, i) => new JsonObject
        {
            ["name"] = run.Spec.Name,
            ["spec"] = JsonNode.Parse(RunSpecJson.Write(run.Spec)),
            ["hash"] = run.Hash,
            ["problems"] = Texts(run.Problems),
            ["seconds"] = seconds[i] is { } known ? Math.Round(known, 1) : null,
        })]),
        ["expectations"] = Texts(plan.Expectations),
        ["notes"] = Texts(plan.Notes),
        ["problems"] = Texts(plan.FileProblems),
    }.ToJsonString(Indented));

    /// <summary>The plan as a table.</summary>
    public static void WriteTable(TextWriter writer, SuitePlan plan, IReadOnlyList<double?> seconds)
    {
        string[] heads = ["run", "architecture", "dataset", "seed", "steps", "time", ""];
        string[][] rows = [heads, .. plan.Runs.Select((run, i) => (string[])
        [
            run.Spec.Name, run.Spec.Architecture.Id, run.Spec.Dataset.Id, Number(run.Spec.Seed), Number(run.Spec.Training.Steps), seconds[i] is { } known ? Duration(known) : "?",
            run.Problems.Count == 0 ? "" : $"{run.Problems.Count} {(run.Problems.Count == 1 ? "problem" : "problems")}",
        ])];
        var widths = Enumerable.Range(0, heads.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, column) => column is 3 or 4 or 5 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }

        writer.WriteLine();
        writer.WriteLine($"{plan.Name}: {Count(plan.Runs.Count, "run")}, {Total(seconds)}.{(plan.IsTransBench ? " TransBench's semantics (compat: transbench)." : "")}");
        foreach (var line in plan.Expectations.Select(expectation => $"Expected: {expectation}.").Concat(plan.Notes.Select(note => $"Note: {note}")))
        {
            writer.WriteLine(line);
        }
    }

    /// <summary>A duration in two units: "3 min 20 s".</summary>
    internal static string Duration(double seconds) => TimeSpan.FromSeconds(Math.Ceiling(seconds)) switch
    {
        { TotalMinutes: < 1 } time => Text($"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } time => Text($"{time.Minutes} min {time.Seconds} s"),
        { TotalDays: < 1 } time => Text($"{time.Hours} h {time.Minutes} min"),
        var time => Text($"{(int)time.TotalDays} d {time.Hours} h"),
    };

    /// <summary>A number of things.</summary>
    internal static string Count(int count, string thing) => Text($"{count:N0} {thing}{(count == 1 ? "" : "s")}");

    private static string Total(IReadOnlyList<double?> seconds)
    {
        var known = seconds.OfType<double>().ToArray();
        return known.Length == 0 ? "time unknown until such runs have ended on this machine"
            : known.Length == seconds.Count ? $"about {Duration(known.Sum())}"
            : $"about {Duration(known.Sum())} for {known.Length} of them; the others are unknown until such runs have ended on this machine";
    }

    private static JsonArray Texts<T>(IEnumerable<T> items) => new([.. items.Select(item => (JsonNode?)item!.ToString())]);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
