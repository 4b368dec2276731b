using System.Text.Encodings.Web;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Reports.Export;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Training;
using Crossbench.Web.Cli;

namespace Crossbench.Web.Api;

/// <summary>
/// The runs for other programs, as JSON, to read only. The pages' guards stand before it: names of this machine, no foreign origins, the token where the
/// pages are served to others.
/// </summary>
internal static class RunApi
{
    private const int MostRuns = 1000;
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Urls.Api);
        api.MapGet("/runs", List);
        api.MapGet("/runs/{id}", (IRunStore store, DataFolder folder, string id, HttpRequest request) =>
            ApiAnswer.Of(store, id, new ApiQuery(request.Query), run => Results.Json(RunJson.Of(run, store, folder), Json)));
        api.MapGet("/runs/{id}/series/{**metric}", Series);
        api.MapGet("/series", SeriesCsv.Answer);
        api.MapGet("/runs/{id}/evaluations", Evaluations);
        api.MapGet("/runs/{id}/report", (IRunStore store, string id, HttpRequest request) =>
            ApiAnswer.Of(store, id, new ApiQuery(request.Query), run => ApiReport.Written(store, [run], ReportFormat.Json, CsvTable.Results, name: null)));
        api.MapGet("/runs/{id}/export", Export);
        api.MapGet("/export", ExportMany);
        api.MapGet("/{**rest}", (string? rest) => ApiAnswer.Missing($"There is nothing at {Urls.Api}/{rest}. Runs are at {Urls.Api}/runs."));
    }

    private static IResult List(IRunStore store, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "filter", "status", "order", "descending", "offset", "limit").Check();
        var filter = FilterReading.Of(query.Text("filter"));
        query.Problems.AddRange(filter.AsSpecProblems("filter"));
        var wanted = new RunQuery
        {
            Filter = filter.Filter,
            Statuses = query.Words<RunStatus>("status"),
            Order = query.Word("order", RunOrder.Newest),
            Descending = query.Flag("descending"),
            Offset = (int)query.Whole("offset", 0, 0, int.MaxValue),
            Limit = (int)query.Whole("limit", 100, 1, MostRuns),
        };
        if (query.Problems.Count > 0)
        {
            return ApiAnswer.Bad(query.Problems);
        }

        var page = store.Query(wanted);
        return Results.Json(new { total = page.Total, offset = wanted.Offset, runs = page.Runs.Select(ApiJson.Row) }, Json);
    }

    private static IResult Series(IRunStore store, string id, string? metric, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "after");
        var after = query.Whole("after", -1, -1, long.MaxValue);
        if (string.IsNullOrEmpty(metric))
        {
            query.Problems.Add(new SpecProblem("metric", "There is none.", $"Name one at the end of the address, as in {Urls.Api}/runs/ID/series/train.loss; {Urls.Api}/runs/ID lists those of the run."));
            return ApiAnswer.Of(store, id, query, _ => Results.NoContent());
        }

        return ApiAnswer.Of(store, id, query, run =>
        {
            var series = store.ReadSeries(run.Id, metric, after);
            return series.Count > 0 || store.Metrics(run.Id).Contains(metric) || TrainingMetrics.Of(run.Spec).Any(known => known.Name == metric)
                ? Results.Json(new { metric, steps = series.Steps, values = series.Values.Select(value => ApiJson.Finite(value)), last = series.LastStepOr(after) }, Json)
                : ApiAnswer.Missing($"The run has no metric {metric}. It has {string.Join(", ", store.Metrics(run.Id))}.");
        });
    }

    private static IResult Evaluations(IRunStore store, string id, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "after");
        var after = query.Whole("after", -1, -1, long.MaxValue);
        return ApiAnswer.Of(store, id, query, run => Results.Json(store.ReadEvaluations(run.Id, after).Select(ApiJson.Evaluation), Json));
    }

    private static IResult Export(IRunStore store, string id, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "format", "table");
        var (format, table) = (query.Word("format", ReportFormat.Json), query.Word("table", CsvTable.Results));
        return ApiAnswer.Of(store, id, query, run => ApiReport.Written(store, [run], format, table, Path.ChangeExtension(TransBenchName.Default(run), ReportFormats.Extension(format))));
    }

    private static IResult ExportMany(IRunStore store, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "runs", "format", "table").Check();
        var (format, table) = (query.Word("format", ReportFormat.Html), query.Word("table", CsvTable.Results));
        var named = query.Text("runs").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        var runs = named.Take(ApiReport.MostInDocument).Select(text => RunId.TryParse(text, null, out var id) ? store.Find(id) : null).OfType<RunRecord>().ToArray();
        query.Problems.AddRange(named.Length is 0 or > ApiReport.MostInDocument ? [new SpecProblem("runs", $"{named.Length} runs are named.", $"Give ids of 1 to {ApiReport.MostInDocument} runs with commas between.")] : []);
        query.Problems.AddRange(format is ReportFormat.Json or ReportFormat.Jsonl ? [new SpecProblem("format", $"{format} holds one run a file.", "Give html, csv, markdown or latex, or export each run.")] : []);
        return query.Problems.Count > 0 ? ApiAnswer.Bad(query.Problems)
            : runs.Length < named.Length ? ApiAnswer.Missing($"There is no run {string.Join(", ", named.Except(runs.Select(run => run.Id.Value)))}.")
            : ApiReport.Written(store, runs, format, table, "runs" + ReportFormats.Extension(format));
    }
}
