using System.Globalization;
using System.Text;
using Crossbench.Runs;

namespace Crossbench.Web.Api;

/// <summary>Every point of some metrics of some runs as CSV, written while it is read: one series at a time is in memory.</summary>
internal static class SeriesCsv
{
    /// <summary>Answers a request.</summary>
    public static IResult Answer(IRunStore store, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "runs", "metrics").Check();
        var metrics = query.Text("metrics").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var runs = ApiRuns.Read(store, query);
        if (metrics.Length == 0)
        {
            query.Problems.Add(new SpecProblem("metrics", "There is none.", "Give names of metrics with commas between them."));
        }

        return query.Problems.Count > 0
            ? ApiAnswer.Bad(query.Problems)
            : Results.Stream(stream => WriteAsync(stream, store, runs, metrics), "text/csv; charset=utf-8", runs.Count == 1 ? $"{runs[0].Spec.Name}-{metrics[0]}.csv" : $"{metrics[0]}.csv");
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

    private static string Quoted(string text)
    {
        // A spreadsheet takes some beginnings for a formula.
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0]) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
