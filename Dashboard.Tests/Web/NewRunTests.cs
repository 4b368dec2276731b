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
        var idle = DatasetCatalog.All[0].IdleOptions(DatasetCatalog.All[0].Defaults).Select(name => $"dataset.{name}").ToArray();
        Assert.All(fields.Sections.SelectMany(section => section.Fields), field => Assert.Equal(!idle.Contains(field.Path), page.FindAll("#" + OptionRow.IdOf(field.Path)).Count == 1));
    }

    [Fact]
    public async Task OptionsWithoutEffect_AreShown_OnceTheyHaveOne_OrAreSet()
    {
        var page = Open("/new?dataset.id=text");
        var idle = DatasetCatalog.Find("text")!.IdleOptions(DatasetCatalog.Find("text")!.Defaults);
        Assert.NotEmpty(idle);
        Assert.All(idle, name => Assert.Empty(page.FindAll("#" + OptionRow.IdOf($"dataset.{name}"))));
        var name = new RunSpecFields(ModelZoo.All[0], DatasetCatalog.Find("text")!).Sections.SelectMany(section => section.Fields).First(field => idle.Contains(field.Path["dataset.".Length..]) && field.Path.StartsWith("dataset.", StringComparison.Ordinal)).Path;
        await DisposeComponentsAsync();
        Assert.Single(Open($"/new?dataset.id=text&{name}=other").FindAll("#" + OptionRow.IdOf(name)));
    }

    [Fact]
    public void ChanceAndFloor_StandBesideTheDataset()
    {
        var words = Open("/new?dataset.id=sparse_signal").Find("#option-dataset-id").Closest(".fr")!.QuerySelector(".hp")!;
        Assert.Matches(@"Chance \d+\.\d+, floor \d+\.\d+", words.TextContent);
        Assert.Equal("/datasets/sparse_signal", words.QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void WhatWasTyped_WhenTheServerWentAway_IsBack_AndCanBeTakenBack()
    {
        PageModule.Setup<Dictionary<string, string>?>("typed").SetResult(new() { ["option-shape-layers"] = "3", ["option-dataset-id"] = "sparse_signal", ["option-dataset-motifLength"] = "5", ["option-notes"] = "a <b> c", ["keep"] = "" });
        var page = Open("/new?shape.layers=5");

        page.WaitForAssertion(() => Assert.Equal("3", page.Find("#option-shape-layers").GetAttribute("value")));
        Assert.Equal(("5", "a <b> c"), (page.Find("#option-dataset-motifLength").GetAttribute("value"), page.Find("#option-notes").GetAttribute("value")));
        Assert.Contains("shape.layers=3", Addresses.Uri, StringComparison.Ordinal);
        Assert.Contains("Restored what you typed.", page.Find(".restored").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("/new?shape.layers=5", page.Find(".restored a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.NotEmpty(PageModule.Invocations["forget"]);
    }

    [Fact]
    public void Problems_AreSaidAboveTheFoldOfAPhone_WithAWayToTheFirst()
    {
        var page = Open("/new");
        Assert.Empty(page.FindAll(".probbar"));
        page.Find("#option-shape-heads").Input("12");
        Assert.Contains("1 problem keeps this from starting", page.Find(".probbar").TextContent, StringComparison.Ordinal);
        page.Find(".probbar").Click();
        Assert.Equal("option-shape-heads", PageModule.Invocations["focus"].Single().Arguments[0]);
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
