using Bunit;
using Crossbench.Runs;
using Crossbench.Runs.Filters;
using Crossbench.Web;
using Crossbench.Web.Components.Layout;
using Crossbench.Web.Components.RunTable;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class CommandPaletteTests : PageContext
{
    [Fact]
    public async Task Pages_Architectures_AndRuns_AreFound_AndChosenByKeyboard()
    {
        var run = Run("alpha");
        var dialogs = Services.GetRequiredService<DialogService>();
        var chosen = dialogs.OpenAsync<CommandPalette>("Go to");
        var palette = Render<CommandPalette>();
        Assert.Contains("New run", Titles(palette));
        Assert.Contains("alpha", Titles(palette));

        palette.Find("input").Input("data");
        Assert.Equal("Datasets", Titles(palette)[0]);
        palette.Find("input").Input("MIG");
        Assert.Contains("mig", Titles(palette));
        palette.Find("input").Input("alp");
        Assert.Equal(["alpha"], Titles(palette));
        palette.Find("input").KeyDown("Enter");
        Assert.Equal($"/runs/{run.Id}", (object?)await chosen);
        chosen = dialogs.OpenAsync<CommandPalette>("Go to");

        palette.Find("input").Input("a");
        palette.Find("input").KeyDown("ArrowUp");
        Assert.Equal($"palette-option-{Titles(palette).Length - 1}", palette.Find("input").GetAttribute("aria-activedescendant"));
        palette.FindAll("li[role=option]")[0].Click();
        Assert.Equal("/architectures", (object?)await chosen);
    }

    [Fact]
    public async Task Actions_OfThePage_StandFirst_WithTheirKeys_AndGiveTheirNumber()
    {
        Run("pause-study");
        var dialogs = Services.GetRequiredService<DialogService>();
        var chosen = dialogs.OpenAsync<CommandPalette>("Do or go to");
        var palette = Render<CommandPalette>(parameters => parameters.Add(view => view.Actions, [new PageAction("New run like this", "", "copy"), new PageAction("Pause", "p", "pause"), new PageAction("<b>x</b>", "", "play")]));
        Assert.Equal(["On this page", "Go to", "Runs"], palette.FindAll(".gh").Select(head => head.TextContent));
        Assert.Equal(["New run like this", "Pause", "<b>x</b>", "Runs"], Titles(palette).Take(4));
        Assert.Equal(["g", "r"], palette.FindAll("li[role=option]")[3].QuerySelectorAll("kbd").Select(key => key.TextContent));
        Assert.Empty(palette.FindAll(".opts b"));
        palette.Find("input").Input("pau");
        Assert.Equal(["Pause", "pause-study"], Titles(palette));
        Assert.Equal("p", palette.Find("li[role=option] kbd").TextContent);
        palette.Find("input").KeyDown("Enter");
        Assert.Equal(1, (object?)await chosen);
    }

    [Fact]
    public void AFilter_FindsRunsAsTheirListDoes_AndAMistakeIsTold()
    {
        Run("alpha", run => run with { Status = RunStatus.Failed });
        Run("beta");
        var palette = Render<CommandPalette>();
        palette.Find("input").Input("status:failed");
        Assert.Equal(["alpha"], Titles(palette));
        palette.Find("input").Input("los<3");
        Assert.Contains("Did you mean loss?", palette.Find("[role=status]").TextContent, StringComparison.Ordinal);
        palette.Find("input").KeyDown("Enter");
        palette.Find("input").Input("zzz");
        Assert.Contains("Nothing is called \"zzz\".", palette.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void TheKeyboardHelp_ShowsEveryFieldOfTheFilter()
    {
        var help = Render<KeyboardHelp>();
        Assert.Equal(FilterFields.All.Select(field => field.Help), help.FindAll(".fhelp dd").Select(text => text.TextContent));
        Assert.All(help.FindAll(".fhelp dt"), term => Assert.Empty(FilterReading.Of(term.TextContent).Problems));
    }

    [Fact]
    public void FirstSteps_StayAway_OnceClosed()
    {
        var steps = Render<FirstSteps>(parameters => parameters.Add(view => view.Runs, 1));
        steps.WaitForAssertion(() => Assert.Equal(["done", null, null], steps.FindAll("li").Select(step => step.GetAttribute("class"))));
        steps.Find("button").Click();
        Assert.Empty(steps.FindAll("aside"));
        Assert.Equal(["crossbench-first-steps", "closed"], PageModule.Invocations["remember"].Single().Arguments);

        PageModule.Setup<string?>("recall", "crossbench-first-steps").SetResult("closed");
        Assert.Empty(Render<FirstSteps>(parameters => parameters.Add(view => view.Runs, 1)).FindAll("aside"));
    }

    private static string[] Titles(IRenderedComponent<CommandPalette> palette) => [.. palette.FindAll("li[role=option] span:first-of-type").Select(title => title.TextContent)];
}
