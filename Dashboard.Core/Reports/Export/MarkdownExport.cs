using System.Text;

namespace Crossbench.Reports.Export;

/// <summary>A report as Markdown, with tables in GitHub's form. Names and notes are escaped, so that they stay the text they are.</summary>
public static class MarkdownExport
{
    /// <summary>Writes a document; charts become their tables.</summary>
    public static string Write(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append($"# {Escaped(document.Title)}\n");
        foreach (var block in document.Blocks)
        {
            text.Append('\n');
            switch (block)
            {
                case ReportHeading heading:
                    text.Append($"{(heading.IsDetail ? "###" : "##")} {Escaped(heading.Text)}\n");
                    break;
                case ReportText paragraph:
                    text.Append(Escaped(paragraph.Text)).Append('\n');
                    break;
                case ReportTable table:
                    Append(text, table);
                    break;
                case ReportChart chart:
                    text.Append(Escaped(chart.Caption)).Append("\n\n");
                    Append(text, chart.Values);
                    break;
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        Append(text, table.Columns.Select(column => column.Title));
        text.Append('|').AppendJoin('|', table.Columns.Select(column => column.IsNumber ? "--:" : ":--")).Append("|\n");
        foreach (var row in table.Rows)
        {
            Append(text, row);
        }
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Escaped)).Append(" |\n");

    /// <summary>Text that shows itself: what Markdown or HTML would take for a sign has a backslash, and a line break is a space.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            escaped.Append(letter switch
            {
                '\r' => "",
                '\n' or '\t' => " ",
                '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '|' or '#' or '~' or '&' or '!' => $"\\{letter}",
                _ => letter.ToString(),
            });
        }

        return escaped.ToString();
    }
}
