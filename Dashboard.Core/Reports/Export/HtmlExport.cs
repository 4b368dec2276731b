using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crossbench.Reports.TransBench;

namespace Crossbench.Reports.Export;

/// <summary>
/// A report as one HTML file that needs nothing else: styles, drawings and data are inside, no script runs and nothing is fetched. It is light or dark as the
/// system is. The data are the runs' reports as JSON in the element <c>data</c>.
/// </summary>
public static partial class HtmlExport
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    private static readonly Lazy<string> Styles = new(() => Unused().Replace(Comments().Replace(Resource("report/tokens.css"), ""), "") + Resource("report/report.css"));

    /// <summary>Writes a document with the data of its runs.</summary>
    public static void Write(Stream stream, ReportDocument document)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        writer.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        writer.Write($"<title>{Html.Text(document.Title)} · Crossbench</title>\n<style>\n{Styles.Value}</style>\n</head>\n<body>\n<main>\n<h1>{Html.Text(document.Title)}</h1>\n");
        writer.Write(Body(document));
        writer.Write($"<footer>Made by Crossbench. The data of the runs are inside this file. <a download=\"results.csv\" href=\"{ResultsLink(document)}\">Results as CSV</a></footer>\n</main>\n");
        WriteData(writer, document);
        writer.Write("</body>\n</html>\n");
    }

    private static string Body(ReportDocument document)
    {
        var html = new StringBuilder();
        var isOpen = false;
        foreach (var block in document.Blocks)
        {
            if (block is ReportHeading heading)
            {
                html.Append(isOpen ? "</details>\n" : "");
                isOpen = heading.IsDetail;
                html.Append(isOpen ? $"<details{(document.Runs.Count == 1 ? " open" : "")}><summary>{Html.Text(heading.Text)}</summary>\n" : $"<h2>{Html.Text(heading.Text)}</h2>\n");
                continue;
            }

            Append(html, block);
        }

        return html.Append(isOpen ? "</details>\n" : "").ToString();
    }

    private static void Append(StringBuilder html, ReportBlock block)
    {
        switch (block)
        {
            case ReportText text:
                html.Append($"<p>{Html.Text(text.Text)}</p>\n");
                break;
            case ReportTable table:
                Append(html, table);
                break;
            case ReportChart chart:
                new SvgChart(chart).Write(html);
                html.Append("\n<details><summary>The chart in numbers</summary>\n");
                Append(html, chart.Values);
                html.Append("</details>\n");
                break;
        }
    }

    private static void Append(StringBuilder html, ReportTable table)
    {
        html.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Html.Text(table.Caption)}\"><table><caption>{Html.Text(table.Caption)}</caption>\n<thead><tr>");
        foreach (var column in table.Columns)
        {
            html.Append($"<th scope=\"col\"{(column.IsNumber ? " class=\"n\"" : "")}>{Html.Text(column.Title)}</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            foreach (var (i, cell) in row.Index())
            {
                html.Append($"<td{(table.Columns[i].IsNumber ? " class=\"n\"" : "")}>{Html.Text(cell)}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody></table></div>\n");
    }

    private static string ResultsLink(ReportDocument document)
    {
        using var csv = new StringWriter();
        CsvExport.WriteResults(csv, document.Runs);
        return "data:text/csv;charset=utf-8;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(csv.ToString()));
    }

    /// <summary>The reports of the runs as a block that no browser runs. No text in them can end it: every &lt; is escaped, which JSON reads alike.</summary>
    private static void WriteData(StreamWriter writer, ReportDocument document)
    {
        writer.Write("<script type=\"application/json\" id=\"data\">[");
        foreach (var (i, result) in document.Runs.Index())
        {
            using var json = new MemoryStream();
            using (var one = new Utf8JsonWriter(json))
            {
                TransBenchReport.Write(one, result);
            }

            writer.Write(i == 0 ? "\n" : ",\n");
            writer.Write(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length).Replace("<", "\\u003c", StringComparison.Ordinal));
        }

        writer.Write("\n]</script>\n");
    }

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlExport).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    /// <summary>Rules for the components of the pages, which a report has none of.</summary>
    [GeneratedRegex(@"[^{}]*\{[^{}]*--rz-[^{}]*\}|[^{};]*\.rz-[^{}]*\{[^{}]*\}")]
    private static partial Regex Unused();
}
