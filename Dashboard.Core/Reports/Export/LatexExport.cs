using System.Text;

namespace Crossbench.Reports.Export;

/// <summary>
/// The tables of a report as LaTeX with booktabs, to be put into a paper with <c>\input</c>. Sentences become comments or captions, charts are left out; names and
/// notes are escaped. It needs the packages booktabs and, for letters beyond ASCII, an engine or encoding that knows UTF-8.
/// </summary>
public static class LatexExport
{
    private const int WideFrom = 8;

    /// <summary>Writes the tables of a document, without its details.</summary>
    public static string Write(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append($"% {Comment(document.Title)}\n% \\usepackage{{booktabs}}, \\usepackage{{graphicx}}\n");
        foreach (var block in document.Blocks.TakeWhile(block => block is not ReportHeading { IsDetail: true }))
        {
            switch (block)
            {
                case ReportText paragraph:
                    text.Append($"\n% {Comment(paragraph.Text)}\n");
                    break;
                case ReportTable table:
                    Append(text, table);
                    break;
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        var isWide = table.Columns.Count >= WideFrom;
        text.Append($"\n\\begin{{table}}\n  \\centering\n  \\caption{{{Escaped(table.Caption)}}}\n");
        text.Append(isWide ? "  \\resizebox{\\textwidth}{!}{%\n" : "");
        text.Append("  \\begin{tabular}{").Append(string.Concat(table.Columns.Select((column, i) => column.IsNumber ? "r" : !isWide && i == table.Columns.Count - 1 && table.Columns.Count == 2 ? "p{0.6\\textwidth}" : "l"))).Append("}\n    \\toprule\n");
        Append(text, table.Columns.Select(column => column.Title));
        text.Append("    \\midrule\n");
        foreach (var row in table.Rows)
        {
            Append(text, row);
        }

        text.Append($"    \\bottomrule\n  \\end{{tabular}}{(isWide ? "}" : "")}\n\\end{{table}}\n");
    }

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("    ").AppendJoin(" & ", cells.Select(Escaped)).Append(" \\\\\n");

    private static string Comment(string text) => text.Replace('\r', ' ').Replace('\n', ' ');

    /// <summary>Text in which no letter is a command. A bracket at the start of a row would be taken for an argument of the line break before it, hence the braces.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            escaped.Append(letter switch
            {
                '\\' => "\\textbackslash{}",
                '{' or '}' or '$' or '&' or '#' or '%' or '_' => $"\\{letter}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '<' => "\\textless{}",
                '>' => "\\textgreater{}",
                '|' => "\\textbar{}",
                '"' => "''",
                '[' => "{[}",
                ']' => "{]}",
                '±' => "$\\pm$",
                '−' => "$-$",
                '–' => "--",
                '∞' => "$\\infty$",
                '*' => "{*}",
                '\r' => "",
                '\n' or '\t' => " ",
                _ => letter.ToString(),
            });
        }

        return escaped.ToString();
    }
}
