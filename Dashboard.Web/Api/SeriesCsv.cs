using System.Globalization;
using System.Text;
using Crossbench.Runs;

namespace Crossbench.Web.Api;

/// <summary>Every point of some metrics of some runs as CSV, written while it is read, so that a long one needs no memory.</summary>
internal static class SeriesCsv
{
    private const int MostRuns = 1000;

    /// <summary>Answers a request.</summary>
    public static IResult Answer(IRunStore store, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "runs", "metrics").Check();
        var metrics = Split(query.Text("metrics"));
        var words = Split(query.Text("runs"));
        if (metrics.Length == 0 || words.Length is 0 or > MostRuns)
        {
            query.Problems.Add(new SpecProblem(metrics.Length == 0 ? "metrics" : "runs", "There is none, or there are too many.", $"Give names with commas between them; at most {MostRuns} runs."));
        }

        var runs = words.Select(word => (Word: word, Run: RunId.TryParse(word, CultureInfo.InvariantCulture, out var id) ? store.Find(id) : null)).ToArray();
        query.Problems.AddRange(runs.Where(item => item.Run is null).Select(item => new SpecProblem("runs", $"There is no run {item.Word}.", "Leave it out.")));
        return query.Problems.Count > 0
            ? ApiAnswer.Bad(query.Problems)
            : Results.Stream(stream => WriteAsync(stream, store, [.. runs.Select(item => item.Run!)], metrics), "text/csv; charset=utf-8", runs.Length == 1 ? $"{runs[0].Run!.Spec.Name}-{metrics[0]}.csv" : $"{metrics[0]}.csv");
    }

    private static async Task WriteAsync(Stream stream, IRunStore store, IReadOnlyList<RunRecord> runs, string[] metrics)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false));
        await writer.WriteLineAsync("run,name,architecture,dataset,seed,metric,step,tokens,value");
        foreach (var run in runs)
        {
            foreach (var metric in metrics)
            {
                var series = store.ReadSeries(run.Id, metric, -1);
                var head = string.Join(',', new[] { run.Id.Value, run.Spec.Name, run.Spec.Architecture.Id, run.Spec.Dataset.Id, run.Spec.Seed.ToString(CultureInfo.InvariantCulture), metric }.Select(Quoted));
                for (var i = 0; i < series.Count; i++)
                {
                    await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{head},{series.Steps[i]},{series.Steps[i] * RunFacts.TokensPerStep(run)},{series.Values[i]:R}"));
                }
            }
        }
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Quoted(string text)
    {
        // A spreadsheet takes some beginnings for a formula.
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0]) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
