using Crossbench.Reports.Export;
using Crossbench.Runs;

namespace Crossbench.Web.Api;

/// <summary>The runs of a suite as a file, in the forms of reports.</summary>
internal static class SuiteApi
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Urls.Api + "/suites/{id}/export", Export);

    private static IResult Export(IRunStore store, ISuiteStore suites, string id, HttpRequest request)
    {
        var query = new ApiQuery(request.Query, "format", "table");
        var (format, table) = (query.Word("format", ReportFormat.Html), query.Word("table", CsvTable.Results));
        query.Check();
        if (suites.FindSuiteById(id) is not { } suite)
        {
            return ApiAnswer.Missing($"There is no suite {id}.");
        }

        var runs = suites.RunsOf(id);
        if (format == ReportFormat.Jsonl && runs.Count != 1)
        {
            query.Problems.Add(new SpecProblem("format", "Lines of steps are of one run.", "Give json, csv, markdown, latex or html, or export a run by itself."));
        }

        if (!ApiReport.IsStreamed(format) && runs.Count > ApiReport.MostInDocument)
        {
            query.Problems.Add(new SpecProblem("format", $"One document takes {ApiReport.MostInDocument} runs, and the suite has {runs.Count}.", "Give csv or json, or export a part of the runs from the list."));
        }

        return query.Problems.Count > 0 ? ApiAnswer.Bad(query.Problems) : ApiReport.Written(store, runs, format, table, Named(suite.Name, format));
    }

    private static string Named(string suite, ReportFormat format) => string.Concat(suite.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')) + ReportFormats.Extension(format);
}
