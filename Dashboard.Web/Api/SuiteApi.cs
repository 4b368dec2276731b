using Crossbench.Reports;
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

        return query.Problems.Count > 0 ? ApiAnswer.Bad(query.Problems) : Written(store, runs, format, table, Named(suite.Name, format));
    }

    /// <summary>Written to a file first: all series of many runs need not be in memory as text too.</summary>
    private static IResult Written(IRunStore store, IReadOnlyList<RunRecord> runs, ReportFormat format, CsvTable table, string name)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            ReportFormats.Write(file, format, [.. runs.Select(run => RunResult.Read(store, run, ResultDetail.Everything))], table);
            file.Position = 0;
            return Results.Stream(file, ReportFormats.ContentType(format), name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string Named(string suite, ReportFormat format) => string.Concat(suite.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')) + ReportFormats.Extension(format);
}
