using AngleSharp.Dom;
using Bunit;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Crossbench.Web.Components.Diagnostics;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>How gates move over training, and what their separation of signal from noise would be by chance.</summary>
public sealed class GateHistoryTests : PageContext
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(60, 1)]
    [InlineData(61, 2)]
    [InlineData(500, 16)]
    public void History_AddsNeighboursUp_AndLosesNone(int measurements, int perColumn)
    {
        var run = Gated(1);
        foreach (var step in Enumerable.Range(1, measurements))
        {
            Store.Snap(run.Id, "layer0.gate.histogram", 10 * step, step, 1, 0, 0, 2, 0);
        }

        var history = new HistogramHistory(Store, run.Id, "layer0.gate.histogram", (0, 1));
        history.ReadOn(1);
        Assert.True(history.Columns.Count <= HistogramHistory.MostColumns);
        Assert.Equal(perColumn, history.Columns[0].Count);
        Assert.Equal(measurements * (measurements + 1) / 2f, history.Columns.Sum(column => column.Values[0]));
        Assert.Equal((10, 10L * measurements), (history.Columns[0].FirstStep, history.Columns[^1].LastStep));
        Assert.All(history.Columns.Zip(history.Columns.Skip(1)), pair => Assert.True(pair.First.LastStep < pair.Second.FirstStep));
    }

    [Fact]
    public void History_ReadsOn_WhereItStopped()
    {
        var run = Gated(1);
        Store.Snap(run.Id, "layer0.gate.histogram", 10, 1, 0, 0, 0, 0, 0);
        var history = new HistogramHistory(Store, run.Id, "layer0.gate.histogram", (0, 1));
        history.ReadOn(10);
        Store.Snap(run.Id, "layer0.gate.histogram", 20, 0, 1, 0, 0, 0, 0);
        history.ReadOn(20);
        Assert.Equal([0.25, 0.75], history.Columns.Select(column => column.Mean(0, (0, 1))));
    }

    [Fact]
    public void Quantiles_AreThoseOfTokensSpreadOverTheirBins()
    {
        var column = new HistogramColumn(1, 1, 1, [2, 0, 6, 2, 0, 0, 0, 0, 1, 1, 1, 1]);
        var spread = Enumerable.Range(0, 2).Select(i => 4 * (i + 0.5) / 2 / 4).Concat(Enumerable.Range(0, 6).Select(i => 2 + ((i + 0.5) / 6))).Concat(Enumerable.Range(0, 2).Select(i => 3 + ((i + 0.5) / 2))).ToArray();
        Assert.Equal(spread.Average(), column.Mean(0, (0, 4)), 12);
        Assert.Equal(2.5, column.Quantile(0, 0.5, (0, 4)), 12);
        Assert.Equal(3.875, column.Quantile(0, 0.975, (0, 4)), 12);
        Assert.Equal(1, column.Quantile(0, 0.2, (0, 4)), 12);
        Assert.True(double.IsNaN(column.Quantile(1, 0.5, (0, 4))) && double.IsNaN(column.Mean(1, (0, 4))));
    }

    [Fact]
    public void OverTraining_EachClassIsABand_WithTheValueBeforeTraining_AndALayerToChoose()
    {
        var run = Gated(2);
        foreach (var step in (int[])[10, 20, 30])
        {
            Store.Snap(run.Id, "layer0.gate.histogram", step, [.. Bin(3), .. Bin(4), .. new float[32]]);
            Store.Snap(run.Id, "layer1.gate.histogram", step, [.. Bin(step), .. Bin(4), .. new float[32]]);
        }

        var page = Open(run);
        var section = Section(page, "Gate, distribution over training");
        Assert.Equal(["signal", "noise"], section.QuerySelectorAll("figcaption span:first-child").Select(item => item.TextContent));
        Assert.Equal(6, section.QuerySelectorAll(".cs i").Length);
        Assert.Equal("bottom:11.9%", section.QuerySelector(".cs b")!.GetAttribute("style"));
        Assert.Equal("mean 0.328 → 0.953", section.QuerySelector("figcaption .num")!.TextContent);
        Assert.Contains("var(--seq-8) 31.25% 34.38%", section.QuerySelector(".cs i")!.GetAttribute("style"), StringComparison.Ordinal);
        page.Find("#time-gate-histogram").Change("0");
        Assert.Equal("mean 0.109 → 0.109", Section(page, "Gate, distribution over training").QuerySelector("figcaption .num")!.TextContent);
        var table = Section(Open(run, table: true), "Gate, distribution over training");
        Assert.Equal(["Steps", "Signal, mean", "Signal, 5 %", "Signal, median", "Signal, 95 %", "Noise, mean", "Noise, 5 %", "Noise, median", "Noise, 95 %"], table.QuerySelectorAll("thead th").Select(item => item.TextContent));
        Assert.Equal(["10", "0.328"], table.QuerySelectorAll("tbody tr:first-child > *").Take(2).Select(item => item.TextContent));
    }

    [Fact]
    public void Area_StandsBesideWhatShuffledClassesGive_AndNotInAChartOfItsOwn()
    {
        var run = Gated(2);
        foreach (var layer in Enumerable.Range(0, 2))
        {
            Store.Measure(run.Id, $"layer{layer}.gateAuroc", 20, 0.8);
            Store.Measure(run.Id, $"layer{layer}.gateAurocNullLow", 20, 0.45 + (0.01 * layer));
            Store.Measure(run.Id, $"layer{layer}.gateAurocNullHigh", 20, 0.53 + (0.01 * layer));
        }

        var section = Section(Open(run), "Gates");
        Assert.Equal("shuffled classes give 0.45 to 0.54", Assert.Single(section.QuerySelectorAll(".ll .n")).TextContent);
        Assert.Single(section.QuerySelectorAll("path.null"));
        Assert.Single(section.QuerySelectorAll(".ll"));
        Assert.Equal(6, Section(Open(run, table: true), "Gates").QuerySelectorAll("tbody tr").Length);
    }

    private static float[] Bin(int at) => [.. Enumerable.Range(0, 32).Select(bin => bin == at ? 5f : 0)];

    private static IElement Section(IRenderedComponent<RunDetails> page, string title) => page.FindAll("section.sec").Single(section => section.QuerySelector("h2")?.TextContent == title);

    private RunRecord Gated(int layers) => Store.Create(RunSpecReader.ReadUnchecked([new("architecture.id", "mig"), new("dataset.id", "sparse_signal"), new("shape.layers", $"{layers}")]).Spec);

    private IRenderedComponent<RunDetails> Open(RunRecord run, bool table = false)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/runs/{run.Id}?view=diagnostics{(table ? "&table=true" : "")}");
        return Render<RunDetails>(parameters => parameters.Add(page => page.Id, run.Id.ToString()));
    }
}
