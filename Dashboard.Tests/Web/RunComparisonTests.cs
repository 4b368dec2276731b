using Bunit;
using Crossbench.Runs;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Crossbench.Web.Components.Charts;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class RunComparisonTests : PageContext
{
    [Fact]
    public void NoRuns_SaysHowToGetSome() => Assert.Contains("No runs to compare.", Open("").Find(".empty").TextContent, StringComparison.Ordinal);

    [Fact]
    public void RunsThatAreGone_AreNamed_AndTheRestIsShown()
    {
        var run = Done("alpha", 0, 6.5);
        var page = Open($"?runs={run.Id},zzzzzzzzzzzz,%3Cb%3E");
        Assert.Contains("There are no runs zzzzzzzzzzzz, <b>: they may have been deleted. The others are shown.", page.Find(".cmiss").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".delta tbody tr"));
        Assert.EndsWith($"?runs={run.Id}", Uri.UnescapeDataString(page.Find(".cmiss a").GetAttribute("href")!), StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_AreOneSpecification_AndTheBaselineIsChosenInTheAddress()
    {
        var runs = new[] { Done("plain-s0", 0, 6.5), Done("plain-s1", 1, 6.6), Done("gate-s0", 0, 6.4) };
        var page = Open($"?runs={string.Join(',', runs.Select(run => run.Id))}");
        Assert.Equal(["gqa × 2", "gate-s0"], page.FindAll("#baseline option").Select(option => option.TextContent));
        Assert.Contains("against gqa × 2", page.Find("h2:contains('Eval loss against')").TextContent, StringComparison.Ordinal);
        page.Find("#baseline").Change(runs[2].Id.Value);
        Assert.Contains($"baseline={runs[2].Id}", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Contains("no verdict", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_HoldOnlyWhatDiffers_SettingsApartFromWhatFollows()
    {
        var runs = new[] { Done("plain-s0", 0, 6.5), Done("gate-s0", 0, 6.4) };
        var page = Open($"?runs={runs[0].Id},{runs[1].Id}");
        string[] Names(string title) => [.. page.FindAll($"div[aria-label='{title}'] tbody th").Select(cell => cell.TextContent)];
        Assert.Contains("architecture.id", Names("Configuration"));
        Assert.Contains("shape.layers", Names("Configuration"));
        Assert.DoesNotContain("shape.width", Names("Configuration"));
        Assert.Contains("parameters", Names("Fairness ledger"));
        Assert.DoesNotContain("status", Names("Fairness ledger"));
    }

    [Fact]
    public void Curves_AreOfTheEvaluation_OrOfTheTraining()
    {
        var run = Done("plain-s0", 0, 6.5);
        Store.Measure(run.Id, TrainingMetrics.EvalLoss.Name, 100, 6.5);
        Measure(run.Id, 1, 50);
        var page = Open($"?runs={run.Id}");
        Assert.Equal([6.5], page.FindComponent<LineChart>().Instance.Lines[0].Points.Select(point => point.Y));
        page.FindAll(".tool.cmp button")[1].Click();
        page.WaitForAssertion(() => Assert.Equal(50, page.FindComponent<LineChart>().Instance.Lines[0].Points.Count));
    }

    [Fact]
    public async Task RunThatEnds_ComesIntoTheTables()
    {
        var run = Run("plain-s0", run => run with { Status = RunStatus.Running, Step = 10 });
        var page = Open($"?runs={run.Id}");
        Assert.Equal("0", page.FindAll(".delta tbody td")[0].TextContent);
        Store.Put(run with { Status = RunStatus.Completed, Step = 1000, EvalLoss = 6.25 });
        await Changes.ChangeAsync(run.Id);
        page.WaitForAssertion(() => Assert.Equal(["1", "6.2500"], page.FindAll(".delta tbody td").Take(2).Select(cell => cell.TextContent)));
    }

    [Fact]
    public async Task Cost_JoinsOnlyWhatTakesPart_AndNothingOverDifferentData()
    {
        RunRecord fast = Store.Put(Done("fast", 0, 6.5) with { TokensPerSecond = 4000 }), good = Done("gate-s0", 0, 6.4), chance = Store.Put(Done("chance", 2, 6.3) with { EvalHigh = 8.4, TokensPerSecond = 9000 });
        string[][] Rows(IRenderedComponent<HeaderAndPage> page) => [.. page.FindAll("div[aria-label='Cost of a nat as a table'] tbody tr").Select(row => row.Children.Select(cell => cell.TextContent).ToArray())];
        var slow = Store.Put(Done("slow", 3, 6.6) with { Spec = fast.Spec with { Name = "slow", Seed = 3, Shape = fast.Spec.Shape with { Layers = 3 } }, TokensPerSecond = 1000 });
        var page = Open($"?runs={fast.Id},{good.Id},{slow.Id},{chance.Id}&table=true");
        Assert.Contains(Rows(page), row => row[0] == "slow" && row[^1] == "no");
        Assert.Contains(Rows(page), row => row[0].EndsWith("not learned", StringComparison.Ordinal) && row[^1] is "" or "–");
        Assert.Equal("gate-s0", Assert.Single(Rows(page), row => row[^1] == "yes")[0]);
        await DisposeComponentsAsync();
        var letters = Store.Put(Store.Create(SampleRuns.Spec("letters-s0", "text", 0, 1000)) with { Status = RunStatus.Completed, Step = 1000, EvalLoss = 1.5, TokensPerSecond = 500 });
        page = Open($"?runs={good.Id},{slow.Id},{letters.Id}&table=true");
        Assert.Equal(3, Rows(page).Length);
        Assert.DoesNotContain(Rows(page), row => row[^1] == "yes");
        Assert.Contains("nothing is joined", page.Markup, StringComparison.Ordinal);
    }

    private RunRecord Done(string name, long seed, double loss) => Run(name, run => run with
    {
        Status = RunStatus.Completed,
        Step = 1000,
        EvalLoss = loss,
        Chance = 8.3,
        TokensPerSecond = 2000,
        Spec = run.Spec with { Seed = seed },
    });

    private IRenderedComponent<HeaderAndPage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/compare" + query);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(RunComparison)));
    }
}
