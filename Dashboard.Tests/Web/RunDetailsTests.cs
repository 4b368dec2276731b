using Bunit;
using Crossbench.Datasets;
using Crossbench.Options;
using Crossbench.Reports;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class RunDetailsTests : PageContext
{
    private static RunRecord Running(RunRecord run) => run with
    {
        Status = RunStatus.Running,
        StartedAt = run.CreatedAt,
        Step = 100,
        TrainLoss = 7.9,
        EvalLoss = 6.6874,
        EvalLow = 6.6574,
        EvalHigh = 6.7174,
        Chance = 8.318,
        Floor = 6.1,
        TokensPerSecond = 2142,
        Elapsed = 60,
        SeesTheFuture = false,
        Parameters = 1234,
    };

    [Fact]
    public void UnknownRun_SaysSo() => Assert.Contains("There is no run", Open("/runs/zzzzzzzzzzzz").Markup, StringComparison.Ordinal);

    [Fact]
    public async Task BeforeItsFirstStep_ARunSaysWhatItWaitsFor_InPlaceOfEmptyAxes()
    {
        var working = Run("working", run => Running(run) with { CreatedAt = run.CreatedAt.AddMinutes(-3) });
        var first = Run("first", run => run with { CreatedAt = run.CreatedAt.AddMinutes(-2) });
        var second = Run("second", run => run with { CreatedAt = run.CreatedAt.AddMinutes(-1) });
        Assert.Contains("Next in the queue. It begins when working has ended.", Words(Open(first)), StringComparison.Ordinal);
        await DisposeComponentsAsync();
        var page = Open(second);
        Assert.Contains("Place 2 in the queue. Before it is first.", Words(page), StringComparison.Ordinal);
        Assert.Equal($"/runs/{first.Id}", page.Find(".waiting a").GetAttribute("href"));
        Assert.NotNull(page.Find(".strip").Closest(".blank"));

        Store.Put(working with { Status = RunStatus.Completed });
        Store.Put(first with { Status = RunStatus.Stopped });
        await Changes.ChangeAsync(working.Id);
        page.WaitForAssertion(() => Assert.Contains("Next in the queue. It begins in a moment.", Words(page), StringComparison.Ordinal));
        Store.Put(second with { Status = RunStatus.Running });
        await Changes.ChangeAsync(second.Id);
        page.WaitForAssertion(() => Assert.Contains("Starting.", Words(page), StringComparison.Ordinal));
        Store.Put(second with { Status = RunStatus.Failed });
        await Changes.ChangeAsync(second.Id);
        page.WaitForAssertion(() => Assert.Contains("Failed before its first step", Words(page), StringComparison.Ordinal));
        Measure(second.Id, 1, 3);
        Store.Put(second with { Status = RunStatus.Running, Step = 3, TrainLoss = 7 });
        await Changes.ChangeAsync(second.Id);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".blank, .waiting")));

        static string Words(IRenderedComponent<HeaderAndPage> page) => string.Join(' ', page.Find(".waiting").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Facts_AreThoseOfTheRow()
    {
        var page = Open(Run("alpha", Running));
        var facts = page.FindAll(".facts > div").ToDictionary(item => item.QuerySelector("dt")!.TextContent, item => item.QuerySelector("dd")!.TextContent.Replace('\u00a0', ' '));
        Assert.Equal("100 / 1,000", facts["Step"]);
        Assert.Equal("6.6874 ±0.030", facts["Eval loss"]);
        Assert.Equal("73.5 %", facts["Chance to floor"]);
        Assert.Equal("1 min", facts["Elapsed"]);
        Assert.Equal("9 min", facts["Left"]);
        Assert.Contains("causal", page.Find(".chip.ok").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_PutsOptionsWithoutEffect_AmongThoseAtTheirDefaults()
    {
        var text = DatasetCatalog.Find("text")!;
        var labels = OptionSchema.For(text.Defaults.GetType()).Fields.Where(field => text.IdleOptions(text.Defaults).Contains(field.Name)).Select(field => field.Label).ToArray();
        var page = Open(Run("alpha", run => Running(run) with { Spec = run.Spec with { Dataset = new DatasetSpec(text.Id, text.Defaults) } }));
        Assert.NotEmpty(labels);
        Assert.Empty(page.FindAll("dl.kv")[0].QuerySelectorAll("dt").Select(item => item.TextContent).Intersect(labels));
        Assert.Equal(labels, page.FindAll("details dl.kv dt").Select(item => item.TextContent).Intersect(labels));
    }

    [Fact]
    public void Configuration_OfAFork_NamesWhereItStartsFrom()
    {
        var page = Open(Run("alpha", run => Running(run) with { Spec = run.Spec with { From = new ForkOrigin("abcdefghijkl", 400) } }));
        var origin = page.FindAll("dl.kv dt").Single(item => item.TextContent == "Starts from").NextElementSibling!;
        Assert.StartsWith("abcdefghijkl, step 400", origin.TextContent, StringComparison.Ordinal);
        Assert.Equal("/runs/abcdefghijkl", origin.QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void ImportedRun_SaysWhereItIsFrom_AndOffersNothingItCannotDo()
    {
        var run = Run("theirs", item => Running(item) with { Status = RunStatus.Stopped, Reason = "It was running when its report was written.", Source = "TransBench report 0f3a9b2c1d", EvalLow = null, EvalHigh = null, SeesTheFuture = null });
        Store.Evaluate(run.Id, new EvaluationRecord(100, "held-out", 6.6874, double.NaN, double.NaN));
        var page = Open(run);
        Assert.Contains(page.FindAll(".chip"), chip => chip.TextContent == "imported from TransBench report 0f3a9b2c1d");
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains("Resume", StringComparison.Ordinal));
        Assert.DoesNotContain("Resume", page.Find(".ended").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("not a number", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page.Markup, StringComparison.Ordinal);
        Assert.Equal($"/api/runs/{run.Id}/export?format=html", page.Find("a[download]").GetAttribute("href"));
    }

    [Fact]
    public async Task Change_ReadsOnFromTheCursor()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 100);
        var page = Open(run);
        Measure(run.Id, 101, 5);
        Store.Put(run with { Step = 105 });
        Store.SeriesReads.Clear();
        await Changes.ChangeAsync(run.Id);

        Assert.Contains((TrainingMetrics.TrainLoss.Name, 100L, 5), Store.SeriesReads);
        page.WaitForAssertion(() => Assert.Equal([101, 102, 103, 104, 105], Patches().Single(patch => patch.Line == 0).X));
    }

    [Fact]
    public async Task DeletedMeanwhile_ThePageStays_WithWhatIsTyped_AndAWayBack()
    {
        var run = Run("alpha", run => run with { Status = RunStatus.Completed });
        var page = Open(run);
        page.FindAll(".notes-sec button").First(button => button.TextContent.Trim() == "Edit").Click();
        page.Find("#notes-text").Input("a long thought");
        Store.Trash([run.Id], deleted: true);
        await Changes.ChangeAsync(run.Id);
        page.WaitForAssertion(() => Assert.Contains("This run was deleted meanwhile.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Take it back", page.Find(".gone").TextContent, StringComparison.Ordinal);
        Assert.Equal("a long thought", page.Find("#notes-text").GetAttribute("value"));
    }

    [Fact]
    public async Task HiddenTab_ReadsNothing_UntilItIsShown()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 10);
        Open(run);
        Visibility.Changed(true);
        Measure(run.Id, 11, 10);
        Store.SeriesReads.Clear();
        await Changes.ChangeAsync(run.Id);
        await Changes.ChangeAsync(run.Id);
        Assert.Empty(Store.SeriesReads);

        Visibility.Changed(false);
        Assert.Single(Store.SeriesReads, read => read == (TrainingMetrics.TrainLoss.Name, 10, 10));
    }

    [Fact]
    public async Task ResumedRun_IsReadAnew_AfterItsFirstStep()
    {
        var run = Run("alpha", run => Running(run) with { Status = RunStatus.Interrupted });
        Measure(run.Id, 1, 100);
        Open(run);
        var resumed = Store.Put(run with { Status = RunStatus.Running, StartedAt = run.CreatedAt.AddMinutes(5) });
        await Changes.ChangeAsync(run.Id);
        Store.SeriesReads.Clear();
        Store.Put(resumed with { Step = 51 });
        await Changes.ChangeAsync(run.Id);
        Assert.Contains(Store.SeriesReads, read => read.Metric == TrainingMetrics.TrainLoss.Name && read.After == -1);
    }

    [Fact]
    public void Pause_And_Stop_AskTheLauncher()
    {
        var run = Run("alpha", Running);
        var page = Open(run);
        page.FindAll(".acts button").Single(button => button.TextContent.Contains("Pause", StringComparison.Ordinal)).Click();
        page.FindAll(".acts button").Single(button => button.TextContent.Contains("Stop", StringComparison.Ordinal)).Click();
        Assert.Equal([$"pause {run.Id}", $"stop {run.Id}"], Launcher.Calls);
    }

    [Theory]
    [InlineData(RunStatus.Paused, "Resume")]
    [InlineData(RunStatus.Interrupted, "Resume")]
    [InlineData(RunStatus.Queued, "Stop")]
    [InlineData(RunStatus.Completed, "")]
    [InlineData(RunStatus.Diverged, "")]
    public void Controls_AreThoseThatDoSomething(RunStatus status, string only)
    {
        var page = Open(Run("alpha", run => Running(run) with { Status = status }));
        Assert.Equal(only, string.Join(' ', page.FindAll(".acts button").Select(button => button.QuerySelector("span")!.TextContent)));
    }

    [Fact]
    public void Diverged_NamesReason_LastValues_AndWhatToDo()
    {
        var page = Open(Run("alpha", run => Running(run) with { Status = RunStatus.Diverged, Reason = "The loss is not a number." }));
        var ending = page.Find(".ended").TextContent;
        Assert.Contains("The loss is not a number.", ending, StringComparison.Ordinal);
        Assert.Contains("train loss 7.9000, eval loss 6.6874", ending, StringComparison.Ordinal);
        Assert.Contains("lower learning rate", ending, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_IsAnnounced()
    {
        var run = Run("alpha", Running);
        var page = Open(run);
        Store.Put(run with { Status = RunStatus.Completed, Step = 1000 });
        await Changes.ChangeAsync(run.Id);
        page.WaitForAssertion(() => Assert.Contains("Done at step 1,000", page.Find("[aria-live=polite].sr").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public void Configuration_MarksWhatDiffersFromTheDefault()
    {
        var page = Open(Run("alpha", Running));
        Assert.Contains("FFN width", page.FindAll("dt.chg").Select(item => item.TextContent));
        Assert.DoesNotContain("Heads", page.FindAll("dt.chg").Select(item => item.TextContent));
    }

    [Fact]
    public void Events_AreNewestFirst_AndWarningsSaySo()
    {
        var run = Run("alpha", Running);
        Store.Note(run.Id, 0, "Started.");
        Store.Note(run.Id, 63, "Gradient norm 3.4.", isWarning: true);
        var lines = Open(run).FindAll(".log li");
        Assert.Contains("Warning: Gradient norm 3.4.", lines[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("w", lines[0].ClassName);
        Assert.Contains("Started.", lines[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_IsTheTwinOfTheChart()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 3);
        Store.Evaluate(run.Id, new EvaluationRecord(2, "held-out", 7.5, 7.4, 7.6));
        var rows = Open(run, "?table=true").FindAll(".scrollx tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim()))).ToArray();
        Assert.Equal(3, rows.Length);
        Assert.StartsWith("2|7.9980|", rows[1], StringComparison.Ordinal);
        Assert.EndsWith("|7.5000|[7.400, 7.600]", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void TokensAxis_CountsTokens()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 2);
        Open(run, "?x=tokens");
        Assert.Equal([512, 1024], Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[0].X);
    }

    [Fact]
    public void FlopsAxis_CountsWhatTheModelCosts()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 2);
        Open(run, "?x=flops");
        var perStep = new RunResult { Run = run }.Cost.TrainingFlops * 512;
        Assert.Equal([perStep, 2 * perStep], Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[0].X);
    }

    [Fact]
    public void TimeAxis_HasTheTimesThatWereMeasured()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 3);
        Open(run, "?x=time&from=0&to=0.01");
        Assert.Equal([0.1, 0.2, 0.3], Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[0].X.Select(x => Math.Round(x * 60, 6)));
    }

    [Fact]
    public void Zoom_ReadsThePartOfTheAddress_AndItsNeighbours()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 100);
        var page = Open(run, "?from=40&to=43&smooth=0");
        Assert.Equal([39, 40, 41, 42, 43, 44], Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[0].X);
        Assert.Contains("6 of 100 points drawn", page.Find(".fp").TextContent, StringComparison.Ordinal);
        page.FindAll(".zm button").Single(button => button.TextContent == "All").Click();
        Assert.DoesNotContain("from=", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_AreMarkedOnTheChart()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 100);
        Store.SaveCheckpoint(run.Id, new CheckpointRecord(50, "checkpoints/a", 1024, run.CreatedAt));
        Open(run);
        var marks = Assert.IsType<LinePatch[]>(ChartModule.Invocations["init"].Single().Arguments[4])[^1];
        Assert.Equal([50], marks.X);
        Assert.StartsWith("Checkpoint at step 50", marks.Texts!.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Telemetry_OpensItsFullChart()
    {
        var run = Run("alpha", Running);
        Measure(run.Id, 1, 10);
        Store.Measure(run.Id, TrainingMetrics.GradientNorm.Name, 1, 2);
        var page = Open(run, "?chart=gradientNorm");
        Assert.Equal(2, page.FindAll("section[data-chart]").Count);
        Assert.DoesNotContain("chart=", page.FindAll(".strip a")[1].GetAttribute("href"), StringComparison.Ordinal);
        Assert.Contains("runs=" + run.Id, page.FindAll("section[data-chart] a[download]")[^1].GetAttribute("href"), StringComparison.Ordinal);
    }

    private IEnumerable<LinePatch> Patches() => Chart.Invocations["update"].SelectMany(call => (LinePatch[])call.Arguments[0]!);

    private IRenderedComponent<HeaderAndPage> Open(RunRecord run, string query = "") => Open($"/runs/{run.Id}{query}");

    private IRenderedComponent<HeaderAndPage> Open(string address)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var id = address.Split('/', '?')[2];
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(RunDetails)).Add(host => host.Values, new Dictionary<string, object?> { ["Id"] = id }));
    }
}
