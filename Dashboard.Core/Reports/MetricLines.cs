using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crossbench.Metrics;

namespace Crossbench.Reports;

/// <summary>
/// The form <c>metrics.jsonl</c>: a line for each step at which something was measured, with <c>step</c> and every scalar metric of that step. A number that
/// is not finite is null.
/// </summary>
public static class MetricLines
{
    private const string StepKey = "step";
    private const int LongestName = 200;
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all series of a run.</summary>
    public static void Write(Stream stream, RunResult result)
    {
        var cursors = result.Series.ToDictionary(pair => pair.Key, _ => 0);
        using var writer = new Utf8JsonWriter(stream, Compact);
        foreach (var step in result.Series.Values.SelectMany(series => series.Steps).Distinct().Order())
        {
            writer.WriteStartObject();
            writer.WriteNumber(StepKey, step);
            foreach (var (name, series) in result.Series)
            {
                var at = cursors[name];
                if (at < series.Count && series.Steps[at] == step)
                {
                    cursors[name]++;
                    writer.Number(name, series.Values[at]);
                }
            }

            writer.WriteEndObject();
            writer.Flush();
            stream.WriteByte((byte)'\n');
            writer.Reset();
        }
    }

    /// <summary>Reads lines; what is wrong with them is added to the problems, each under file and line.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="file">Name of the file, for problems.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static IReadOnlyDictionary<string, MetricSeries> Read(IEnumerable<string> lines, string file, List<SpecProblem> problems)
    {
        var points = new Dictionary<string, (List<long> Steps, List<double> Values)>();
        var before = -1L;
        foreach (var (index, line) in lines.Index().Where(item => item.Item.Trim().Length > 0))
        {
            var place = $"{file}, line {index + 1}";
            try
            {
                using var document = JsonDocument.Parse(line);
                before = Take(document.RootElement, place, before, points, problems);
            }
            catch (JsonException)
            {
                problems.Add(new SpecProblem(place, "It is not JSON.", "Each line is one JSON object: {\"step\": 1, \"train.loss\": 5.5}."));
            }
        }

        if (points.Count == 0 && problems.Count == 0)
        {
            problems.Add(new SpecProblem(file, "It holds no measurement.", "Each line is one JSON object: {\"step\": 1, \"train.loss\": 5.5}."));
        }

        return points.ToDictionary(pair => pair.Key, pair => new MetricSeries([.. pair.Value.Steps], [.. pair.Value.Values]));
    }

    private static long Take(JsonElement line, string place, long before, Dictionary<string, (List<long> Steps, List<double> Values)> points, List<SpecProblem> problems)
    {
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty(StepKey, out var found) || found.ValueKind != JsonValueKind.Number || !found.TryGetInt64(out var step) || step < 0)
        {
            problems.Add(new SpecProblem(place, "It has no step.", "Each line is an object whose \"step\" is a whole number, 0 or more."));
            return before;
        }

        if (step <= before)
        {
            problems.Add(new SpecProblem(place, $"Step {step} comes after step {before}.", "Steps ascend, one line each."));
            return before;
        }

        foreach (var property in line.EnumerateObject().Where(property => property.Name != StepKey))
        {
            if (property.Value.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null) || property.Name.Length is 0 or > LongestName)
            {
                problems.Add(new SpecProblem($"{place}, {Shortened(property.Name)}", $"{Shortened(property.Value.GetRawText())} is not a number.", "Metrics are numbers, or null where one was not finite."));
                continue;
            }

            if (!points.TryGetValue(property.Name, out var series))
            {
                points[property.Name] = series = ([], []);
            }

            series.Steps.Add(step);
            series.Values.Add(property.Value.ValueKind == JsonValueKind.Null ? double.NaN : property.Value.GetDouble());
        }

        return step;
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : new StringBuilder(text, 0, 57, 60).Append("...").ToString();
}
