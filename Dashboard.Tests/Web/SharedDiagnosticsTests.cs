using Bunit;
using Crossbench.Metrics;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Tests.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Compare;
using Crossbench.Web.Components.Pages;
using MathNet.Numerics.Distributions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>Small charts of what specifications measure in common.</summary>
public sealed class SharedDiagnosticsTests : PageContext
{
    private static readonly string Gate = TrainingMetrics.Of(TestStore.Spec(("architecture.id", "mig"))).First(metric => metric is { Kind: MetricKind.Gate, Form: MetricForm.Scalar, Scope: not MetricScope.Model }).Name;

    [Fact]
    public void Courses_AreMeansOverLayersAndSeeds_WithTheirIntervals_AsWorkedOutByHand()
    {
        var random = new Random(5);
        var values = new Dictionary<(string Name, long Seed, int Layer, long Step), double>();
        var runs = new[] { ("wide", "0.7", 0L), ("wide", "0.7", 1L), ("narrow", "0.05", 0L), ("narrow", "0.05", 1L), ("narrow", "0.05", 2L) }.Select(item => Gated(item.Item1, item.Item2, item.Item3, (layer, step) =>
            values[(item.Item1, item.Item3, layer, step)] = random.NextDouble())).ToArray();
        var groups = SeedGroup.Of(RunResult.ReadSummaries(Store, runs));
        var found = Assert.Single(SharedMetric.Read(Store, groups));
        Assert.Equal((Gate, 2), (found.Metric.Name, found.Courses.Count));
        foreach (var (course, name) in found.Courses.Zip(["wide", "narrow"]))
        {
            var seeds = name == "wide" ? 2 : 3;
            Assert.Equal((seeds, 5), (course.Seeds, course.Points.Count));
            foreach (var point in course.Points)
            {
                double[] bySeed = [.. Enumerable.Range(0, seeds).Select(seed => (values[(name, seed, 0, (long)point.X)] + values[(name, seed, 1, (long)point.X)]) / 2)];
                var mean = bySeed.Sum() / seeds;
                var half = new StudentT(0, 1, seeds - 1).InverseCumulativeDistribution(0.975) * Math.Sqrt(bySeed.Select(value => Math.Pow(value - mean, 2)).Sum() / (seeds - 1) / seeds);
                Assert.Equal(mean, point.Y, 10);
                Assert.Equal(mean - half, point.Low, 8);
                Assert.Equal(mean + half, point.High, 8);
            }
        }
    }

    [Fact]
    public void Charts_AreOpenedByALink_AndHaveATable()
    {
        var runs = new[] { Gated("wide", "0.7", 0, (_, step) => step), Gated("narrow", "0.05", 0, (_, step) => 2 * step) };
        var page = Open($"?runs={runs[0].Id},{runs[1].Id}");
        Services.GetRequiredService<NavigationManager>().NavigateTo(page.FindAll(".tabs a").Single(link => link.TextContent == "Diagnostics").GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".ll.big .ln").Count));
        Assert.Equal("Gates", page.Find(".sec h2").TextContent);
        Assert.Contains("narrow: last 200", page.Find(".ll.big svg").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal(2, page.FindAll(".lgk").Select(item => item.GetAttribute("style")).Distinct().Count());
        Services.GetRequiredService<NavigationManager>().NavigateTo(page.Find("a[aria-label='Show as table']").GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal(["wide", "narrow"], page.FindAll(".tb tbody tr").Select(row => row.Children[2].TextContent)));
        Assert.Equal(["100", "200"], page.FindAll(".tb tbody tr").Select(row => row.Children[5].TextContent));
    }

    [Fact]
    public async Task WhatOnlyOneSpecificationMeasures_IsNotShown_AndTheReasonIsGiven()
    {
        var gated = Gated("wide", "0.7", 0, (_, step) => step);
        var plain = Store.Put(Store.Create(TestStore.Spec()) with { Status = RunStatus.Completed });
        var page = Open($"?runs={gated.Id},{plain.Id}&view=diagnostics");
        Assert.Contains("have no gates, routers, rules or states in common", page.Find(".empty").TextContent, StringComparison.Ordinal);
        Assert.Contains("Here only mig measures any", page.Find(".empty").TextContent, StringComparison.Ordinal);
        await DisposeComponentsAsync();
        Assert.NotEmpty(Open($"?runs={gated.Id}&view=diagnostics").FindAll(".ll.big"));
    }

    [Fact]
    public async Task NewPoints_ComeIn()
    {
        var clock = new TestClock();
        Services.AddSingleton<TimeProvider>(clock);
        var run = Store.Put(Gated("wide", "0.7", 0, (_, step) => step) with { Status = RunStatus.Running, Step = 100 });
        var page = Open($"?runs={run.Id}&view=diagnostics");
        Measure(run.Id, 120, (_, step) => step);
        Store.Put(run with { Step = 120 });
        await Changes.ChangeAsync(run.Id);
        Assert.Contains("last 100", page.Find(".ll.big svg").GetAttribute("aria-label"), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(2));
        Store.Put(run with { Step = 121 });
        await Changes.ChangeAsync(run.Id);
        page.WaitForAssertion(() => Assert.Contains("last 120", page.Find(".ll.big svg").GetAttribute("aria-label"), StringComparison.Ordinal));
    }

    private RunRecord Gated(string name, string keepRatio, long seed, Func<int, long, double> value)
    {
        var spec = TestStore.Spec(("architecture.id", "mig"), ("architecture.keepRatio", keepRatio), ("shape.layers", "2"), ("training.steps", "1000"));
        var run = Store.Put(Store.Create(spec with { Name = name, Seed = seed }) with { Status = RunStatus.Completed, Step = 100 });
        foreach (var step in Enumerable.Range(1, 5).Select(i => 20L * i))
        {
            Measure(run.Id, step, value);
        }

        return run;
    }

    private void Measure(RunId id, long step, Func<int, long, double> value)
    {
        foreach (var layer in (int[])[0, 1])
        {
            Store.Measure(id, $"layer{layer}.{Gate}", step, value(layer, step));
        }
    }

    private IRenderedComponent<HeaderAndPage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/compare" + query);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(RunComparison)));
    }
}
