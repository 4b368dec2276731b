using Bunit;
using Crossbench.Metrics;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using MathNet.Numerics.Distributions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class CurveChartTests : PageContext
{
    [Fact]
    public void Seeds_AreOneLineWithItsBand_AndEachOnDemand()
    {
        var group = Seeds(3, steps: 5);
        var chart = Draw([group]);
        Assert.Equal([LineLook.Band, LineLook.Smooth], chart.FindComponent<LineChart>().Instance.Lines.Select(line => line.Look));
        Go("?members=true&smooth=0");
        chart.WaitForAssertion(() => Assert.Equal(5, chart.FindComponent<LineChart>().Instance.Lines.Count));
        var lines = chart.FindComponent<LineChart>().Instance.Lines;
        Assert.Equal([10, 20, 30], lines.Where(line => line.Look == LineLook.Raw).Select(line => line.Points[0].Y).Order());
        Assert.Equal((20.0, 5), (lines.Single(line => line.Look == LineLook.Smooth).Points[0].Y, lines.Single(line => line.Look == LineLook.Smooth).Points.Count));
    }

    [Fact]
    public void Band_IsTheStudentIntervalOfTheSeeds_WhereAllOfThemHaveValues()
    {
        LinePoint[][] members =
        [
            [new(1, 4), new(2, 3), new(3, 2), new(4, 1)],
            [new(2, 5), new(3, double.NaN), new(4, 3), new(5, 2)],
            [new(1.5, 6), new(2.5, 4), new(4.5, 8)],
            [],
        ];
        var band = SeedBand.Of(members);
        Assert.Equal([2.0, 3, 4], band.Select(point => point.X));

        // At 2 the third goes from 6 to 4: it is 5 there. Mean 13/3, sample deviation by hand.
        double[] at2 = [3, 5, 5];
        var deviation = Math.Sqrt(at2.Select(value => Math.Pow(value - (13 / 3.0), 2)).Sum() / 2);
        var half = StudentT.InvCDF(0, 1, 2, 0.975) * deviation / Math.Sqrt(3);
        Assert.Equal((13 / 3.0, (13 / 3.0) - half, (13 / 3.0) + half), (band[0].Y, band[0].Low, band[0].High));
        Assert.True(double.IsNaN(band[1].Y));
        Assert.Equal((1 + 3 + 7) / 3.0, band[2].Y, 1e-12);
    }

    [Fact]
    public void LinesWithCommasInTheirNames_AreSwitchedOffAndOnByThemselves()
    {
        string[] keys = ["mig layerKeepRatios 0.05,0.1", "mig layerKeepRatios 0.05", "0.1", "mig layerKeepRatios 0.05%2C0.1"];
        var view = new CurveView();
        foreach (var key in keys)
        {
            var hidden = view with { Hidden = view.Toggled(key) };
            Assert.Equal([key], keys.Where(hidden.Hides));
            var both = hidden with { Hidden = hidden.Toggled("other") };
            Assert.True(both.Hides(key) && both.Hides("other"));
            Assert.Equal("other", both.Toggled(key));
        }
    }

    [Fact]
    public void Line_IsSwitchedOffAndOn_InTheAddress()
    {
        var (one, two) = (Curve("one", 5, 3), Curve("two", 6, 3));
        var chart = Draw([one, two]);
        chart.FindAll(".lgd button")[1].Click();
        Assert.EndsWith($"?hide={two.Key}", Uri.UnescapeDataString(Address), StringComparison.Ordinal);
        chart.WaitForAssertion(() => Assert.Equal("false", chart.FindAll(".lgd button")[1].GetAttribute("aria-pressed")));
        Assert.DoesNotContain(chart.FindComponent<LineChart>().Instance.Lines, line => line.Name == "two");
        chart.FindAll(".lgd button")[1].Click();
        Assert.DoesNotContain("hide", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Zooming_KeepsTheLines_AndAsksForFinerPoints()
    {
        var chart = Draw([Curve("one", 5, 900)]);
        var lines = chart.FindComponent<LineChart>().Instance.Lines;
        chart.InvokeAsync(() => chart.FindComponent<LineChart>().Instance.Zoomed([100, 200]));
        Assert.Contains("from=100&to=200", Address, StringComparison.Ordinal);
        chart.WaitForAssertion(() => Assert.Equal((100.0, 200.0), chart.FindComponent<LineChart>().Instance.Frame.X));
        Assert.Same(lines[0], chart.FindComponent<LineChart>().Instance.Lines[0]);
        Assert.Equal((99.0, 201.0), (lines[0].Points[0].X, lines[0].Points[^1].X));
        foreach (var (label, part) in new[] { ("Zoom in", "from=125&to=175"), ("Later", "from=150&to=200"), ("Earlier", "from=125&to=175"), ("Zoom out", "from=100&to=200") })
        {
            chart.Find($"button[aria-label='{label}']").Click();
            Assert.Contains(part, Address, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task LiveRun_StaysZoomed_AndGrows()
    {
        var group = Curve("one", 5, 100);
        var chart = Draw([group], "?from=90&to=120");
        var run = group.Members[0].Run;
        for (var step = 101; step <= 130; step++)
        {
            Store.Measure(run.Id, "m", step, 1);
        }

        await Changes.ChangeAsync(run.Id);
        var component = chart.FindComponent<LineChart>().Instance;
        Assert.Equal((90.0, 120.0), component.Frame.X);
        Assert.Equal((89.0, 121.0), (component.Lines[0].Points[0].X, component.Lines[0].Points[^1].X));
        Assert.Contains("of 130 points", chart.Find(".fp").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Smoothing_LeavesRawValuesUnderneath_AndLearningRatesAlone()
    {
        var group = Curve("one", 5, 100);
        Assert.Equal([LineLook.Raw, LineLook.Smooth], Draw([group]).FindComponent<LineChart>().Instance.Lines.Select(line => line.Look));
        var plain = Render<CurveChart>(parameters => parameters.Add(chart => chart.Groups, [group]).Add(chart => chart.Title, "Rate").Add(chart => chart.Id, "rate").Add(chart => chart.IsSmooth, false));
        Assert.Equal([LineLook.Smooth], plain.FindComponent<LineChart>().Instance.Lines.Select(line => line.Look));
    }

    [Fact]
    public void ManyLongRuns_StayWithinWhatABrowserDraws_AndSayHowMuchIsLeftOut()
    {
        var group = Curve("one", 5, 20_000);
        var chart = Draw([group]);
        Assert.InRange(chart.FindComponent<LineChart>().Instance.Lines[0].Points.Count, 1000, 2002);
        Assert.Contains("of 20,000 points drawn: the smallest and the largest of each pixel column", chart.Find(".fp").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/api/series?runs={group.Members[0].Run.Id}&metrics=m", chart.Find("a[download]").GetAttribute("href"));
    }

    [Fact]
    public void LogarithmicX_BeginsAtTheFirstStep()
    {
        var chart = Draw([Curve("one", 5, 900)], "?logx=true");
        Assert.Equal((1.0, 1000.0), chart.FindComponent<LineChart>().Instance.Frame.X);
        Assert.True(chart.FindComponent<LineChart>().Instance.Frame.IsLogX);
    }

    [Theory]
    [InlineData("?x=nonsense&smooth=7&from=5&to=1&log=perhaps")]
    [InlineData("?from=NaN&to=3")]
    [InlineData("")]
    public void AddressThatMeansNothing_ShowsTheDefault(string query) => Assert.Equal(CurveView.Default, CurveView.Of("http://localhost/runs/a" + query));

    [Fact]
    public void PartThatIsNotOnTheAxis_IsAllOfIt() => Assert.Equal((0.0, 1000.0), Draw([Curve("one", 5, 10)], "?from=5000&to=6000").FindComponent<LineChart>().Instance.Frame.X);

    [Fact]
    public void NoPoints_IsSaid() => Assert.Contains("No points yet.", Draw([Curve("one", 5, 0)]).Find(".chart-none").TextContent, StringComparison.Ordinal);

    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    private void Go(string query) => Services.GetRequiredService<NavigationManager>().NavigateTo("/compare" + query);

    private IRenderedComponent<CurveChart> Draw(IReadOnlyList<CurveGroup> groups, string query = "")
    {
        Go(query);
        return Render<CurveChart>(parameters => parameters.Add(chart => chart.Groups, groups).Add(chart => chart.Title, "Values").Add(chart => chart.Id, "values").Add(chart => chart.HasControls, true));
    }

    private CurveGroup Curve(string name, double value, int steps)
    {
        var run = Run(name, run => run with { Status = RunStatus.Running, Step = steps });
        for (var step = 1; step <= steps; step++)
        {
            Store.Measure(run.Id, "m", step, value + (step % 7));
        }

        return new CurveGroup(run.Id.Value, name, "--arch-gqa", [new CurveSource(run, "m", name)]);
    }

    private CurveGroup Seeds(int count, int steps)
    {
        var members = Enumerable.Range(1, count).Select(seed =>
        {
            var run = Run($"seed-{seed}");
            for (var step = 1; step <= steps; step++)
            {
                Store.Measure(run.Id, "m", step, 10 * seed);
            }

            return new CurveSource(run, "m", $"seed {seed}");
        });
        return new CurveGroup("seeds", "gqa × 3", "--arch-gqa", [.. members]);
    }
}
