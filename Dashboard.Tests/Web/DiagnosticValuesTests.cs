using Crossbench.Metrics;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Diagnostics;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>What charts and tables of the diagnostics compute.</summary>
public sealed class DiagnosticValuesTests
{
    [Fact]
    public void Summary_IsThatOfAllPoints_HoweverTheyArrive()
    {
        var random = new Random(3);
        for (var round = 0; round < 50; round++)
        {
            var values = Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(6) == 0 ? double.NaN : random.NextDouble() - 0.5).ToArray();
            var steps = values.Select((_, i) => (3L * i) + 1).ToArray();
            var summary = SeriesSummary.None.With(MetricSeries.Empty);
            for (var at = 0; at < values.Length;)
            {
                var end = Math.Min(values.Length, at + 1 + random.Next(7));
                summary = summary.With(new MetricSeries(steps[at..end], values[at..end]));
                at = end;
            }

            var finite = values.Where(double.IsFinite).ToArray();
            Assert.Equal(
                (values.Length, steps[0], steps[^1], values[0], values[^1], finite.Length == 0 ? double.NaN : finite.Min(), finite.Length == 0 ? double.NaN : finite.Max()),
                (summary.Count, summary.FirstStep, summary.LastStep, summary.First, summary.Last, summary.Low, summary.High));
        }
    }

    [Fact]
    public void NaturalRange_IsTheScale_WhateverTheValues()
    {
        var scale = ValueScale.Of([0.5, 0.501], MetricRange.Share, 0.2);
        Assert.Equal((0.0, 1.0), (scale.Low, scale.High));
        Assert.Equal([0, 4, 4, 8], new[] { 0, 0.5, 0.501, 1 }.Select(scale.Shade));
    }

    [Fact]
    public void TinyDifferences_StayTiny()
    {
        var open = ValueScale.Of([100, 100.1], null, 0.2);
        Assert.Equal(open.Shade(100), open.Shade(100.1));
        Assert.Equal(20.02, open.High - open.Low, 1e-9);
        var floored = ValueScale.Of([0.002, 0.0021], MetricRange.NotNegative, 0.2);
        Assert.Equal((0, 0.0021), (floored.Low, floored.High));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    public void AnyValues_HaveAScale(double value)
    {
        foreach (var range in new[] { null, MetricRange.Share, MetricRange.NotNegative, new MetricRange(null, 0) })
        {
            var scale = ValueScale.Of([value], range, 0.2);
            Assert.True(scale.High > scale.Low);
            Assert.InRange(scale.Shade(value), 0, ValueScale.Strongest);
        }

        Assert.Equal(1, ValueScale.Of([], null, 0.2).High - ValueScale.Of([], null, 0.2).Low);
    }

    [Theory]
    [InlineData(" the", "␣the")]
    [InlineData("\n\n", "↵↵")]
    [InlineData("\t\r\0\u007f", "⇥␍␀␡")]
    [InlineData("\u00a0\u200b", "U+00A0U+200B")]
    [InlineData("e\u0301", "e◌\u0301")]
    [InlineData("", "∅")]
    [InlineData("日🦊", "日🦊")]
    public void WhiteSpace_IsVisible(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void HistogramTable_HasBinEdges_AndSharesOfEachClass()
    {
        var metric = TokenMetrics.Of("gate", "Gate", "", MetricKind.Gate, 0, 2)[0];
        var table = MetricTable.Of(new MetricRows(metric, 7, [("layer 0", [1, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0])]), SampleText.None);
        Assert.Equal(["From", "To", "Layer 0, signal (of 4)", "Layer 0, noise (of 5)"], table.Columns.Select(column => column.Title));
        Assert.Equal(["0", "0.5", "25.0\u00a0%", "0.0\u00a0%"], table.Rows[0]);
        Assert.Equal(["0.5", "1", "75.0\u00a0%", "100.0\u00a0%"], table.Rows[1]);
        Assert.Equal(4, table.Rows.Count);
        Assert.Contains("step 7", table.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void HistogramTable_OfAClassThatALayerLacks_IsZero()
    {
        var metric = TokenMetrics.Of("gate", "Gate", "", MetricKind.Gate)[0];
        var table = MetricTable.Of(new MetricRows(metric, 7, [("layer 0", [1, 0, 0]), ("layer 1", [0, 1, 0])]), SampleText.None);
        Assert.Equal(["0", "1", "100.0\u00a0%", "0.0\u00a0%", "0.0\u00a0%", "100.0\u00a0%"], Assert.Single(table.Rows));
    }
}
