using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Crossbench.Reports;
using Crossbench.Reports.Export;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Xunit;

namespace Crossbench.Tests.Reports;

public sealed class ExportTests : IDisposable
{
    private const string Nasty = "</script><img src=x onerror=alert(1)> & 50% $x_1 | \\n";
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void SeedGroups_HaveTheMeanAndTheTIntervalOverSeeds()
    {
        RunResult[] runs = [.. new long[] { 0, 1, 2, 2 }.Select(seed => SampleResults.Read(_store, SampleResults.Plain(_store, $"s{seed}", seed))), SampleResults.Read(_store, SampleResults.Gated(_store))];
        var groups = SeedGroup.Of(runs);
        Assert.Equal([4, 1], groups.Select(group => group.Runs.Count));
        Assert.Equal(3, groups[0].Seeds);
        var (mean, low, high) = groups[0].EvalLoss;

        // 3.9, 4.0 and 4.1: deviation 0.1, and t of 2 degrees of freedom at 0.975 is 4.302653 in every table.
        Assert.Equal(4.0, mean!.Value, 1e-9);
        Assert.Equal(4.302653 * 0.1 / Math.Sqrt(3), (high!.Value - low!.Value) / 2, 1e-6);
        Assert.Equal((4.2, null, null), (Math.Round(groups[1].EvalLoss.Mean!.Value, 9), groups[1].EvalLoss.Low, groups[1].EvalLoss.High));
    }

    [Theory]
    [InlineData(6.68741, 6.6574, 6.7174, "6.687 ± 0.030")]
    [InlineData(6.68741, 6.6, 6.8, "6.69 ± 0.10")]
    [InlineData(1234.6, 1200, 1269.2, "1235 ± 35")]
    [InlineData(1.23456, 1.2345, 1.2347, "1.23456 ± 0.00010")]
    [InlineData(2.5, 2.5, 2.5, "2.5000")]
    [InlineData(-0.5, -0.6, -0.4, "−0.50 ± 0.10")]
    [InlineData(0.5, 0.4004, 0.5996, "0.50 ± 0.10")]
    public void Digits_AreThoseThatTheIntervalAllows(double value, double low, double high, string expected) => Assert.Equal(expected, Figures.WithInterval(value, low, high));

    [Fact]
    public void Differences_AreAllThatIsNotAlike_AndNothingElse()
    {
        var runs = new[] { SampleResults.Plain(_store, "a"), SampleResults.Plain(_store, "b", settings: [("training.learningRate", "0.002")]) }.Select(id => SampleResults.Read(_store, id)).ToArray();
        var difference = Assert.Single(Differences.Of(runs));
        Assert.Equal(("training.learningRate", "0.001 0.002"), (difference.Name, string.Join(' ', difference.Values)));
        Assert.Empty(Differences.Of([runs[0], runs[0]]));
    }

    [Fact]
    public void Csv_QuotesWhatNeedsIt_AndKeepsEveryDigit()
    {
        var result = SampleResults.Read(_store, SampleResults.Plain(_store, "one, \"two\""));
        using var text = new StringWriter();
        CsvExport.WriteResults(text, [result]);
        var lines = text.ToString().Split('\n');
        var fields = Fields(lines[1]);
        var row = lines[0].Split(',').Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal(lines[0].Split(',').Length, fields.Count);
        Assert.Equal(("one, \"two\"", "completed", "3", "6"), (row["name"], row["status"], row["seed"], row["step"]));
        Assert.Equal(result.Run.EvalLoss, double.Parse(row["eval_loss"], CultureInfo.InvariantCulture));
        Assert.Equal("", row["source"]);
    }

    [Theory]
    [InlineData(ReportFormat.Json, CsvTable.Results, ResultDetail.Everything)]
    [InlineData(ReportFormat.Csv, CsvTable.Series, ResultDetail.Everything)]
    [InlineData(ReportFormat.Csv, CsvTable.Results, ResultDetail.Summary)]
    [InlineData(ReportFormat.Csv, CsvTable.Evaluations, ResultDetail.Summary)]
    public void ManyRuns_AreReadOneAfterTheOther_EachWrittenBeforeTheNext(ReportFormat format, CsvTable table, ResultDetail expected)
    {
        RunRecord[] runs = [.. Enumerable.Range(0, 40).Select(seed => _store.Store.Find(SampleResults.Gated(_store, $"s{seed}", seed))!)];
        using var stream = new MemoryStream();
        var lengths = new List<long>();
        ReportFormats.Write(stream, format, runs, (run, detail) =>
        {
            Assert.Equal(expected, detail);
            lengths.Add(stream.Length);
            return RunResult.Read(_store.Store, run, detail);
        }, table);
        Assert.Equal(40, lengths.Count);
        Assert.InRange(lengths[^1], stream.Length / 2, stream.Length - 1);
        using var whole = new MemoryStream();
        ReportFormats.Write(whole, format, [.. runs.Select(run => SampleResults.Read(_store, run.Id))], table);
        Assert.Equal(whole.ToArray(), stream.ToArray());
    }

    [Fact]
    public void CsvOfSeries_IsTidy()
    {
        var result = SampleResults.Read(_store, SampleResults.Gated(_store));
        using var text = new StringWriter();
        CsvExport.WriteSeries(text, [result]);
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("run,name,architecture,dataset,seed,metric,step,value", lines[0]);
        Assert.Equal(result.Series.Values.Sum(series => series.Count), lines.Length - 1);
        Assert.Contains($"{result.Run.Id},gated,mig,sparse_signal,3,train.loss,4,4.503", lines);
        using var scores = new StringWriter();
        CsvExport.WriteEvaluations(scores, [result]);
        Assert.EndsWith(",held-out,6,4.2,4.17,4.23\n", scores.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_KeepsTablesWhole_WhateverNamesHold()
    {
        var text = MarkdownExport.Write(Document(Nasty));
        var tables = text.Split("\n\n").Where(part => part.StartsWith('|')).ToArray();
        Assert.NotEmpty(tables);
        Assert.All(tables, table => Assert.Single(table.Trim().Split('\n').Select(row => row.Replace("\\|", "", StringComparison.Ordinal).Count(letter => letter == '|')).Distinct()));
        Assert.DoesNotContain("<img", text.Replace("\\<", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("4.200 ± 0.030", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Latex_EscapesEveryCommand_AndBalancesItsEnvironments()
    {
        var text = LatexExport.Write(Document("50% of $x_1 & {all} #1 ~^ \\end{table}"));
        Assert.Contains("50\\% of \\$x\\_1 \\& \\{all\\} \\#1 \\textasciitilde{}\\textasciicircum{} \\textbackslash{}end\\{table\\}", text, StringComparison.Ordinal);
        Assert.Contains("4.200 $\\pm$ 0.030", text, StringComparison.Ordinal);
        foreach (var environment in (string[])["table", "tabular"])
        {
            Assert.Equal(Occurrences(text, $"\\begin{{{environment}}}"), Occurrences(text, $"\\end{{{environment}}}"));
        }

        Assert.Equal(Occurrences(text, "\\begin{tabular}"), Occurrences(text, "\\toprule"));
        Assert.Equal(Occurrences(text, "\\midrule"), Occurrences(text, "\\bottomrule"));
        var rows = text.Split('\n').Where(line => line.EndsWith("\\\\", StringComparison.Ordinal)).Take(3).Select(line => line.Replace("\\&", "", StringComparison.Ordinal).Count(letter => letter == '&'));
        Assert.Single(rows.Distinct());
    }

    [Fact]
    public void Html_NeedsNothingElse_AndShowsNamesAsTheyAre()
    {
        var html = HtmlOf(Document(Nasty));
        var body = html[html.IndexOf("<main>", StringComparison.Ordinal)..(html.IndexOf("</main>", StringComparison.Ordinal) + 7)];
        var parsed = XElement.Parse(body.Replace("<br>", "<br/>", StringComparison.Ordinal), LoadOptions.PreserveWhitespace);
        Assert.Contains(parsed.Descendants("td"), cell => cell.Value == Nasty);
        Assert.Empty(parsed.Descendants("img"));
        Assert.Empty(parsed.Descendants("script"));
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("--rz-", html, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_CarriesTheReportsOfItsRuns()
    {
        var html = HtmlOf(Document(Nasty));
        var start = html.IndexOf("id=\"data\">", StringComparison.Ordinal) + 10;
        var data = JsonDocument.Parse(html[start..html.IndexOf("</script>", start, StringComparison.Ordinal)]).RootElement;
        Assert.Equal([Nasty, "other"], data.EnumerateArray().Select(report => report.GetProperty("run").GetProperty("name").GetString()));
        Assert.Equal(6, data[0].GetProperty("metrics").GetProperty("loss_series").GetArrayLength());
    }

    [Fact]
    public void Chart_HasALineAndDotsForEachRun_ChanceAndFloor_AndItsNumbersBelow()
    {
        var html = HtmlOf(Document("a"));
        var figure = XElement.Parse(html[html.IndexOf("<figure", StringComparison.Ordinal)..(html.IndexOf("</figure>", StringComparison.Ordinal) + 9)]);
        var classes = figure.Descendants().GroupBy(item => (string?)item.Attribute("class") ?? "").ToDictionary(group => group.Key, group => group.ToArray());
        Assert.Equal((2, 2, 2, 2), (classes["r"].Length, classes["d"].Length, classes["e"].Length, classes["w"].Length));
        Assert.Equal(["chance", "floor"], classes["fl"].Select(item => item.Value));
        Assert.All(classes["d"], dots => Assert.Matches(@"^M1000 [0-9.]+h0$", (string)dots.Attribute("d")!));
        Assert.Equal(6, ((string)classes["r"][0].Attribute("d")!).Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries).Length);

        // The drawing's heights are in the order of the losses.
        var heights = ((string)classes["r"][0].Attribute("d")!).Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries).Select(pair => double.Parse(pair.Split(' ')[1], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(heights.Order(), heights);
    }

    [Theory]
    [InlineData(0, 10, 5, "0 2 4 6 8 10")]
    [InlineData(0, 1000, 5, "0 200 400 600 800 1000")]
    [InlineData(0.12, 0.58, 6, "0.2 0.3 0.4 0.5")]
    [InlineData(4.9, 5.1, 4, "4.9 4.95 5 5.05 5.1")]
    public void Ticks_AreRound(double low, double high, int most, string expected) =>
        Assert.Equal(expected, string.Join(' ', SvgChart.Ticks(low, high, most).Select(value => value.ToString("0.####", CultureInfo.InvariantCulture))));

    [Fact]
    public void SameRuns_GiveTheSameDocument()
    {
        var runs = Document("a").Runs;
        Assert.Equal(HtmlOf(new ResultsReport().Build(runs)), HtmlOf(new ResultsReport().Build([.. runs.Select(result => SampleResults.Read(_store, result.Run.Id))])));
    }

    private ReportDocument Document(string name)
    {
        RunResult[] runs = [SampleResults.Read(_store, SampleResults.Gated(_store, name)), SampleResults.Read(_store, SampleResults.Plain(_store, "other", 4))];
        return new ResultsReport().Build(runs);
    }

    private static string HtmlOf(ReportDocument document)
    {
        using var stream = new MemoryStream();
        HtmlExport.Write(stream, document);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    /// <summary>Reads one line of CSV letter by letter.</summary>
    private static List<string> Fields(string line)
    {
        var (fields, field, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (isQuoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }
            }
            else if (line[i] == ',' && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
