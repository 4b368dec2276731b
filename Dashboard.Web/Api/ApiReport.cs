using Crossbench.Reports;
using Crossbench.Reports.Export;
using Crossbench.Runs;

namespace Crossbench.Web.Api;

/// <summary>Runs as a file, in the forms of reports.</summary>
internal static class ApiReport
{
    /// <summary>Runs that one document takes, which is made in memory as a whole.</summary>
    public const int MostInDocument = 200;

    /// <summary>Whether a form is made run by run, so that it takes any number of them.</summary>
    public static bool IsStreamed(ReportFormat format) => format is ReportFormat.Json or ReportFormat.Jsonl or ReportFormat.Csv;

    /// <summary>The answer, written to a file first: what many runs have measured need not be in memory at once.</summary>
    /// <param name="store">The store.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="format">The form.</param>
    /// <param name="table">Which table, as CSV.</param>
    /// <param name="name">Name under which a browser saves it; null for an answer that is looked at.</param>
    public static IResult Written(IRunStore store, IReadOnlyList<RunRecord> runs, ReportFormat format, CsvTable table, string? name)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            ReportFormats.Write(file, format, runs, (run, detail) => RunResult.Read(store, run, detail), table);
            file.Position = 0;
            return Results.Stream(file, ReportFormats.ContentType(format), name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
