using AngleSharp.Dom;
using Bunit;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class DiagnosticsTests : PageContext
{
    [Fact]
    public void WithoutMeasurements_SaysWhenTheyCome() => Assert.Contains("Nothing has been measured yet", Open(Gated(2)).Markup, StringComparison.Ordinal);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(14, 0)]
    public void Lines_HaveAxes_AndAKeyToLayers(int layers, int named)
    {
        var run = Gated(layers);
        foreach (var layer in Enumerable.Range(0, layers))
        {
            Store.Measure(run.Id, $"layer{layer}.gateMean", 1, 0.2);
            Store.Measure(run.Id, $"layer{layer}.gateMean", 61, 0.4 + (0.01 * layer));
        }

        var section = Section(Open(run), "Gates");
        Assert.Equal(layers, section.QuerySelectorAll("path.ln").Length);
        Assert.Equal(["1", "step", "61"], section.QuerySelectorAll(".ll .x span").Select(item => item.TextContent));
        Assert.Equal(["0.119", layers == 2 ? "0.41" : "0.53"], section.QuerySelectorAll(".ll .y span").Select(item => item.TextContent).Reverse());
        Assert.Equal(named, section.QuerySelectorAll(".sh .leg svg").Length);
        Assert.Equal(named > 0 ? [] : ["0", "13"], section.QuerySelectorAll(".sh .key span").Select(item => item.TextContent));
        Assert.StartsWith(layers == 2 ? "mean 0.405" : "mean 0.465", section.QuerySelector(".ll b")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void OnePoint_IsDrawn_AtItsStep()
    {
        var run = Gated(1);
        Store.Measure(run.Id, "layer0.gateMean", 1, 0.2);
        var chart = Section(Open(run), "Gates").QuerySelector(".ll")!;
        Assert.Equal("step 1", chart.QuerySelector(".x")!.TextContent.Trim());
        Assert.StartsWith("M160 ", chart.QuerySelector("path.ln")!.GetAttribute("d"), StringComparison.Ordinal);
    }

    [Fact]
    public void FewNumbers_AreATable_WithColumnsAndScale()
    {
        var run = Gated(2);
        Store.Snap(run.Id, "layer0.attentionFirstToken", 20, 0.5f, 0.501f);
        Store.Snap(run.Id, "layer1.attentionFirstToken", 20, 0.5f, 0.499f);
        var section = Section(Open(run), "Attention to the first token");
        Assert.Equal(["head", "0", "1"], section.QuerySelectorAll("thead th").Select(item => item.TextContent));
        Assert.Equal(["layer 0", "layer 1"], section.QuerySelectorAll("tbody th").Select(item => item.TextContent));
        Assert.Single(section.QuerySelectorAll("td").Select(item => item.GetAttribute("style")).Distinct());
        Assert.Equal(["0", "1"], section.QuerySelectorAll(".key span").Select(item => item.TextContent));
    }

    [Theory]
    [InlineData(13, 13)]
    [InlineData(128, 128)]
    [InlineData(129, 65)]
    [InlineData(512, 128)]
    public void ManyNumbers_AreThinCells_ThatFit(int values, int cells)
    {
        var run = Gated(1);
        Store.Snap(run.Id, "layer0.attentionEntropy", 20, [.. Enumerable.Range(0, values).Select(i => (float)i)]);
        var section = Section(Open(run), "Attention entropy");
        Assert.Equal(cells, section.QuerySelectorAll(".cs i").Length);
        Assert.Equal($"{values - 1}", section.QuerySelectorAll(".xs span")[^1].TextContent);
        Assert.Contains($"{values} values by head", section.QuerySelector("[role=img]")!.GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public void Strip_ShowsText_WithVisibleWhiteSpace()
    {
        var run = Text();
        Store.Snap(run.Id, TrainingMetrics.SampleTokens.Name, 20, 65, 32, 10, 195);
        Store.Snap(run.Id, "layer0.gate.strip", 20, 0.1f, 0.2f, 0.9f, 1);
        Assert.Equal(["A", "␣", "↵", "\\xC3"], Open(run).FindAll(".toks span").Select(item => item.TextContent));
        Assert.Equal(["0", "A", "0.1"], Cells(Open(run, table: true), "Gate, by token")[0]);
    }

    [Fact]
    public void Table_HasHeaders_Units_AndBothEndsAndExtremes()
    {
        var run = Gated(2);
        foreach (var (step, value) in new[] { (1, 3.0), (20, 9), (40, 1), (60, 2) })
        {
            Store.Measure(run.Id, "layer1.gateMean", step, value);
            Store.Measure(run.Id, TrainingMetrics.PeakMemory.Name, step, 100 * value);
        }

        var page = Open(run, table: true);
        Assert.Equal(["Metric", "Unit", "Layer", "First", "Last", "Min", "Max", "Steps", "Points"], Section(page, "Gates").QuerySelectorAll("thead th").Select(item => item.TextContent));
        Assert.NotEmpty(Section(page, "Gates").QuerySelector("caption")!.TextContent);
        Assert.Equal(["Gate", "–", "1", "3", "2", "1", "9", "1–60", "4"], Assert.Single(Cells(page, "Gates")));
        Assert.Equal(["Peak memory", "MiB", "all", "300", "200", "100", "900", "1–60", "4"], Assert.Single(Cells(page, "Training")));
        Assert.Empty(page.FindAll("svg.spark"));
    }

    [Fact]
    public void LongTable_BeginsShort_AndOpens()
    {
        var run = Gated(1);
        Store.Snap(run.Id, "layer0.attentionEntropy", 20, [.. Enumerable.Range(0, 100).Select(i => (float)i)]);
        var page = Open(run, table: true);
        Assert.Equal(32, Cells(page, "Attention entropy").Count);
        page.FindAll("button.lk").Single(button => button.TextContent == "All 100 rows").Click();
        Assert.Equal(["99", "99"], Cells(page, "Attention entropy")[99]);
    }

    private static IElement Section(IRenderedComponent<RunDetails> page, string title) => page.FindAll("section.sec").Single(section => section.QuerySelector("h2")?.TextContent == title);

    private static List<string[]> Cells(IRenderedComponent<RunDetails> page, string title) =>
        [.. Section(page, title).QuerySelectorAll("tbody tr").Select(row => row.Children.Select(cell => cell.TextContent).ToArray())];

    private RunRecord Gated(int layers) => Put(("dataset.id", "sparse_signal"), ("shape.layers", $"{layers}"));

    private RunRecord Text() => Put(("dataset.id", "text"), ("shape.layers", "2"));

    private RunRecord Put(params (string Path, string Text)[] settings) =>
        Store.Create(RunSpecReader.ReadUnchecked([new("architecture.id", "mig"), .. settings.Select(item => new KeyValuePair<string, string>(item.Path, item.Text))]).Spec);

    private IRenderedComponent<RunDetails> Open(RunRecord run, bool table = false)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/runs/{run.Id}?view=diagnostics{(table ? "&table=true" : "")}");
        return Render<RunDetails>(parameters => parameters.Add(page => page.Id, run.Id.ToString()));
    }
}
