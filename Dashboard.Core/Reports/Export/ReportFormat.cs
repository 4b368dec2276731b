using System.Text;
using Crossbench.Reports.TransBench;
using Crossbench.Runs;

namespace Crossbench.Reports.Export;

/// <summary>A form of a report.</summary>
public enum ReportFormat
{
    /// <summary>TransBench's report JSON with everything else under one key.</summary>
    Json,

    /// <summary>A line for each step.</summary>
    Jsonl,

    /// <summary>A table for other programs.</summary>
    Csv,

    /// <summary>Markdown.</summary>
    Markdown,

    /// <summary>LaTeX tables.</summary>
    Latex,

    /// <summary>One HTML file.</summary>
    Html,
}

/// <summary>Which table is written as CSV.</summary>
public enum CsvTable
{
    /// <summary>A row a run.</summary>
    Results,

    /// <summary>A row a point.</summary>
    Series,

    /// <summary>A row an evaluation.</summary>
    Evaluations,
}

/// <summary>A file of a report.</summary>
/// <param name="Path">Where it goes.</param>
/// <param name="Write">Writes its content.</param>
public sealed record ReportFile(string Path, Action<Stream> Write);

/// <summary>Runs in any form, to a stream or as files.</summary>
public static class ReportFormats
{
    /// <summary>The end of file names.</summary>
    public static string Extension(ReportFormat format) => format switch
    {
        ReportFormat.Markdown => ".md",
        ReportFormat.Latex => ".tex",
        _ => "." + format.ToString().ToLowerInvariant(),
    };

    /// <summary>The media type.</summary>
    public static string ContentType(ReportFormat format) => format switch
    {
        ReportFormat.Json => "application/json",
        ReportFormat.Jsonl => "application/jsonl",
        ReportFormat.Csv => "text/csv; charset=utf-8",
        ReportFormat.Markdown => "text/markdown; charset=utf-8",
        ReportFormat.Latex => "application/x-tex",
        _ => "text/html; charset=utf-8",
    };

    /// <summary>The form that a file name asks for; null when its end says nothing.</summary>
    public static ReportFormat? OfPath(string path) =>
        Enum.GetValues<ReportFormat>().Cast<ReportFormat?>().FirstOrDefault(format => Extension(format!.Value).Equals(Path.GetExtension(path), StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes runs as one stream. Lines of steps are of one run.</summary>
    /// <param name="stream">Takes the text, in UTF-8.</param>
    /// <param name="format">The form.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="table">Which table, as CSV.</param>
    public static void Write(Stream stream, ReportFormat format, IReadOnlyList<RunResult> runs, CsvTable table = CsvTable.Results)
    {
        switch (format)
        {
            case ReportFormat.Json when runs.Count == 1:
                TransBenchReport.Write(stream, runs[0]);
                break;
            case ReportFormat.Json:
                TransBenchReport.Write(stream, runs);
                break;
            case ReportFormat.Jsonl:
                MetricLines.Write(stream, runs.Single());
                break;
            case ReportFormat.Csv:
                WriteText(stream, writer => WriteTable(writer, table, runs));
                break;
            case ReportFormat.Markdown:
                WriteText(stream, writer => writer.Write(MarkdownExport.Write(new ResultsReport().Build(runs))));
                break;
            case ReportFormat.Latex:
                WriteText(stream, writer => writer.Write(LatexExport.Write(new ResultsReport().Build(runs))));
                break;
            default:
                HtmlExport.Write(stream, new ResultsReport().Build(runs));
                break;
        }
    }

    /// <summary>Writes runs as one stream, each read when its turn comes where the form allows it: all series of many runs need not be in memory at once.</summary>
    /// <param name="stream">Takes the text, in UTF-8.</param>
    /// <param name="format">The form.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="read">Reads a run as far as it is written.</param>
    /// <param name="table">Which table, as CSV.</param>
    public static void Write(Stream stream, ReportFormat format, IReadOnlyList<RunRecord> runs, Func<RunRecord, ResultDetail, RunResult> read, CsvTable table = CsvTable.Results)
    {
        var results = runs.Select(run => read(run, format == ReportFormat.Csv && table != CsvTable.Series ? ResultDetail.Summary : ResultDetail.Everything));
        switch (format)
        {
            case ReportFormat.Json when runs.Count > 1:
                TransBenchReport.Write(stream, results);
                break;
            case ReportFormat.Csv:
                WriteText(stream, writer => WriteTable(writer, table, results));
                break;
            default:
                Write(stream, format, [.. results], table);
                break;
        }
    }

    private static void WriteText(Stream stream, Action<TextWriter> write)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        write(writer);
    }

    private static void WriteTable(TextWriter writer, CsvTable table, IEnumerable<RunResult> runs)
    {
        switch (table)
        {
            case CsvTable.Series:
                CsvExport.WriteSeries(writer, runs);
                break;
            case CsvTable.Evaluations:
                CsvExport.WriteEvaluations(writer, runs);
                break;
            default:
                CsvExport.WriteResults(writer, runs);
                break;
        }
    }
}
