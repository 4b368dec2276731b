using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossbench.Launching;
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
    /// <param name="seconds">Seconds of each run, and what says so; null of runs with problems.</param>
    public static void WriteJson(TextWriter writer, SuitePlan plan, IReadOnlyList<(double Seconds, SpeedSource Source)?> seconds) => writer.WriteLine(new JsonObject
    {
        ["name"] = plan.Name,
        ["compat"] = plan.IsTransBench ? "transbench" : null,
        ["runs"] = new JsonArray([.. plan.Runs.Select((run, i) => new JsonObject
        {
            ["name"] = run.Spec.Name,
            ["spec"] = JsonNode.Parse(RunSpecJson.Write(run.Spec)),
            ["hash"] = run.Hash,
            ["problems"] = Texts(run.Problems),
            ["seconds"] = seconds[i] is { } known ? Math.Round(known.Seconds, 1) : null,
            ["secondsFrom"] = seconds[i] is { } from ? from.Source switch { SpeedSource.SameKind => "runs of its kind", SpeedSource.OtherRuns => "other runs", _ => "an assumed speed" } : null,
        })]),
        ["expectations"] = Texts(plan.Expectations),
        ["notes"] = Texts(plan.Notes),
        ["problems"] = Texts(plan.FileProblems),
    }.ToJsonString(Indented));

    /// <summary>The plan as a table.</summary>
    public static void WriteTable(TextWriter writer, SuitePlan plan, IReadOnlyList<(double Seconds, SpeedSource Source)?> seconds)
    {
        if (plan.Runs.Count == 0)
        {
            return; // the problems say why
        }

        string[] heads = ["run", "architecture", "dataset", "seed", "steps", "time", ""];
        string[][] rows = [heads, .. plan.Runs.Select((run, i) => (string[])
        [
            run.Spec.Name, run.Spec.Architecture.Id, run.Spec.Dataset.Id, Number(run.Spec.Seed), Number(run.Spec.Training.Steps), seconds[i] is { } known ? Duration(known.Seconds) : "?",
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

    private static string Total(IReadOnlyList<(double Seconds, SpeedSource Source)?> seconds)
    {
        var known = seconds.OfType<(double Seconds, SpeedSource Source)>().ToArray();
        var time = $"about {Duration(known.Sum(item => item.Seconds))}{(known.Length < seconds.Count ? $" for the {known.Length} without problems" : "")}, one after the other";
        var guessed = known.Where(item => item.Source != SpeedSource.SameKind).ToArray();
        return known.Length == 0 ? "none of which can run"
            : guessed.Length == 0 ? time
            : guessed.Any(item => item.Source == SpeedSource.Assumed) ? $"{time} (roughly: at an assumed {MeasuredSpeeds.AssumedRate / 1e9:0} GFLOP/s a thread, until a run has ended on this machine)"
            : $"{time} (roughly: {guessed.Length} of them as their operations and other runs on this machine tell)";
    }

    private static JsonArray Texts<T>(IEnumerable<T> items) => new([.. items.Select(item => (JsonNode?)item!.ToString())]);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
