using Bunit;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Runs;
using Crossbench.Training;
using Crossbench.Web.Components.Forms;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class NewRunTests : PageContext
{
    private NavigationManager Addresses => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Form_OpensOnValuesThatWork()
    {
        var page = Open("/new");
        Assert.Empty(page.FindAll(".probs"));
        Assert.Empty(page.FindAll(".pb"));
        Assert.Empty(page.FindAll(".fr.chg"));
        Assert.Contains("./run train", page.Find(".code").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_HasAControlForEveryOption()
    {
        var page = Open("/new");
        var fields = new RunSpecFields(ModelZoo.All[0], DatasetCatalog.All[0]);
        Assert.All(fields.Sections.SelectMany(section => section.Fields), field => Assert.NotNull(page.Find("#" + OptionRow.IdOf(field.Path))));
    }

    [Fact]
    public void Problem_StandsBesideItsField_AndInTheList()
    {
        var page = Open("/new");
        page.Find("#option-shape-heads").Input("12");

        var row = page.Find("#option-shape-heads").Closest(".fr")!;
        Assert.Contains("128 is not a multiple of 12", row.QuerySelector(".pb")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("true", page.Find("#option-shape-heads").GetAttribute("aria-invalid"));
        Assert.Contains("Heads", page.Find(".probs").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", page.Find("button.pri").GetAttribute("aria-disabled"));
    }

    [Fact]
    public void AllProblems_AreShownAtOnce()
    {
        var page = Open("/new");
        page.Find("#option-shape-heads").Input("12");
        page.Find("#option-training-learningRate").Input("0.3");
        page.Find("#option-training-steps").Input("many");
        Assert.StartsWith("3 problems", page.Find(".probs h2").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(3, page.FindAll(".pb").Count);
    }

    [Fact]
    public void Fix_AppliesItself()
    {
        var page = Open("/new");
        page.Find("#option-shape-heads").Input("12");
        page.FindAll(".pb .lk").Single(link => link.TextContent == "8").Click();

        Assert.Equal("8", page.Find("#option-shape-heads").GetAttribute("value"));
        Assert.Empty(page.FindAll(".pb"));
        Assert.Contains("shape.heads=8", Addresses.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_StaysAsTyped()
    {
        var page = Open("/new");
        page.Find("#option-training-learningRate").Input("3e-4");
        Assert.Equal("3e-4", page.Find("#option-training-learningRate").GetAttribute("value"));
        Assert.Contains("chg", page.Find("#option-training-learningRate").Closest(".fr")!.ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_FollowEveryKey()
    {
        var page = Open("/new");
        var before = page.Find(".est .big b").TextContent;
        page.Find("#option-shape-layers").Input("4");
        var after = page.Find(".est .big b").TextContent;
        Assert.NotEqual(before, after);
        page.Find("#option-shape-layers").Input("8");
        Assert.Equal(before, page.Find(".est .big b").TextContent);
    }

    [Fact]
    public void Address_HoldsWhatWasTyped()
    {
        var page = Open("/new?shape.layers=3&training.schedule=linear&shape.tiedHead=true");
        Assert.Equal("3", page.Find("#option-shape-layers").GetAttribute("value"));
        Assert.Equal("linear", page.Find("#option-training-schedule option[selected]").GetAttribute("value"));
        Assert.True(page.Find("#option-shape-tiedHead").HasAttribute("checked"));
        Assert.Equal(3, page.FindAll(".fr.chg").Count);
    }

    [Fact]
    public void From_OpensOnTheSpecificationOfARun()
    {
        var run = Run("origin");
        var page = Open($"/new?like={run.Id}");
        Assert.Equal("512", page.Find("#option-shape-ffn").GetAttribute("value"));
        Assert.Equal("origin", page.Find("#option-name").GetAttribute("value"));
        Assert.Equal("sparse_signal", page.Find("#option-dataset-id option[selected]").GetAttribute("value"));
    }

    [Fact]
    public void Dataset_WhenChanged_BringsItsOwnOptions()
    {
        var page = Open("/new?dataset.id=sparse_signal&dataset.motifLength=4");
        page.Find("#option-dataset-id").Change("text");
        Assert.Empty(page.FindAll("#option-dataset-motifLength"));
        Assert.NotNull(page.Find("#option-dataset-path"));
        Assert.DoesNotContain("motifLength", Addresses.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Launch_QueuesTheRun_AndGoesToItsPage()
    {
        var page = Open("/new?training.steps=77&name=first");
        page.Find("button.pri").Click();

        var run = Assert.Single(Store.Query(new RunQuery()).Runs);
        Assert.Equal(($"enqueue {run.Id}", 77, "first"), (Assert.Single(Launcher.Calls), run.Spec.Training.Steps, run.Spec.Name));
        Assert.EndsWith($"/runs/{run.Id}", Addresses.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Launch_WithProblems_FocusesTheFirst_AndQueuesNothing()
    {
        var page = Open("/new?shape.heads=12");
        page.Find("button.pri").Click();
        Assert.Empty(Launcher.Calls);
        Assert.Equal("option-shape-heads", PageModule.Invocations["focus"].Single().Arguments[0]);
    }

    [Fact]
    public void Parts_MakeLinksOfTheValuesInTheRemedy_AndAppendTheRest()
    {
        var problem = new SpecProblem("a", "5 is odd.", "Use 4 or 6.") { Fixes = [new("a", "4"), new("a", "6"), new("b", "none")] };
        var parts = ProblemList.Parts(problem);
        Assert.Equal("5 is odd. Use 4 or 6. Use none.", string.Concat(parts.Select(part => part.Text)));
        Assert.Equal(["4", "6", "none"], parts.Where(part => part.Fix is not null).Select(part => part.Text));
    }

    private IRenderedComponent<HeaderAndPage> Open(string address)
    {
        Addresses.NavigateTo(address);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(NewRun)));
    }
}
