using Bunit;
using Crossbench.Models;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class ArchitecturePageTests : PageContext
{
    private NavigationManager Addresses => Services.GetRequiredService<NavigationManager>();

    [Theory]
    [InlineData("/architectures", ".card")]
    [InlineData("/architectures?table=true", "tbody tr")]
    public void List_HasEachArchitecture_WithPurposeCountAndBadge(string address, string item)
    {
        Addresses.NavigateTo(address);
        var items = Render<ArchitectureList>().FindAll(item).Select(row => row.TextContent).ToArray();
        Assert.Equal(ModelZoo.All.Count, items.Length);
        Assert.All(items.Zip(ModelZoo.All), pair =>
        {
            foreach (var part in new[] { pair.Second.Title, pair.Second.Summary, $"{pair.Second.Cost(pair.Second.DefaultShape, 256, pair.Second.Defaults).ParameterCount:N0}", "causal" })
            {
                Assert.Contains(part, pair.First, StringComparison.Ordinal);
            }
        });
        Assert.Contains("1,643,904", items[0], StringComparison.Ordinal);
    }

    [Fact]
    public void List_ShowsOneFamily_WhichTheAddressKeeps()
    {
        Addresses.NavigateTo("/architectures");
        var page = Render<ArchitectureList>();
        page.FindAll(".seg button").First(button => button.TextContent == "recurrence").Click();
        Assert.EndsWith("/architectures?family=recurrence", Addresses.Uri, StringComparison.Ordinal);
        var family = Render<ArchitectureList>();
        Assert.Equal(
            ModelZoo.All.Where(item => item.Family == ArchitectureFamily.Recurrence).Select(item => item.Title), family.FindAll(".card .nm .dim").Select(title => title.TextContent));
        Assert.Equal("recurrence", family.Find(".seg [aria-pressed=true]").TextContent);
        Addresses.NavigateTo("/architectures?family=nonsense");
        Assert.Contains("There is no family nonsense; these are all.", Render<ArchitectureList>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void EachPage_ShowsOptionsPresetsDiagnosticsAndAblationPoints()
    {
        foreach (var architecture in ModelZoo.All)
        {
            var text = Render<ArchitectureDetails>(parameters => parameters.Add(page => page.Id, architecture.Id)).Markup;
            Assert.All(Crossbench.Options.OptionSchema.For(architecture.Defaults.GetType()).Fields, field => Assert.Contains($"architecture.{field.Name}<", text, StringComparison.Ordinal));
            Assert.All(architecture.Presets, preset => Assert.Contains($"preset={preset.Id}\"", text, StringComparison.Ordinal));
            Assert.All(architecture.AblationPoints(architecture.Defaults), point => Assert.Contains($"<dt>{point.Component}</dt>", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void EachPage_ShowsEquationsAsTheirSource_ReadingsAndTheFormulaWithItsCount()
    {
        foreach (var architecture in ModelZoo.All)
        {
            var page = Open($"/architectures/{architecture.Id}", architecture.Id);
            Assert.Equal(architecture.Equations.Select(equation => equation.Tex), page.FindAll("[data-tex=block] code").Select(code => code.TextContent));
            Assert.Equal(architecture.Readings.Select(reading => reading.Title), page.FindAll(".reads li > :first-child").Select(title => title.TextContent));
            Assert.All(page.FindAll(".reads a"), link => Assert.Equal("noreferrer", link.GetAttribute("rel")));
            var cost = architecture.Cost(architecture.DefaultShape, 256, architecture.Defaults);
            Assert.Equal($"{cost.ParameterCount}", page.Find("[data-count]").GetAttribute("data-count"));
            var formula = ParameterFormula.Of(cost.Parameters, architecture.DefaultShape);
            var rows = page.FindAll(".formula tbody tr").Select(row => string.Concat(row.TextContent.Where(c => !char.IsWhiteSpace(c)))).ToArray();
            Assert.Equal(formula.Parts.Count, rows.Length);
            Assert.All(formula.Parts.Zip(rows), pair => Assert.StartsWith(Plain(pair.First.Name + pair.First.Text) + Plain($"{pair.First.Count:N0}"), pair.Second, StringComparison.Ordinal));
        }

        static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('^' or '_')));
    }

    [Fact]
    public void Equations_AreTypesetOnce_ByTheLibraryOfThisServer()
    {
        var page = Open("/architectures/gqa", "gqa");
        page.Find("#option-shape-width").Input("256");
        var call = Assert.Single(MathModule.Invocations, invocation => invocation.Identifier == "typeset");
        Assert.Equal("lib/temml.min.js", call.Arguments[1]);
    }

    [Fact]
    public void EquationsThatCannotBeTypeset_StayAsTheirSource_AndThePageSaysWhy()
    {
        MathModule.SetupVoid("typeset", _ => true).SetException(new Microsoft.JSInterop.JSException("The library did not load."));
        var page = Open("/architectures/gqa", "gqa");
        Assert.Contains("could not typeset them: The library did not load.", page.Find(".eqs").TextContent, StringComparison.Ordinal);
        Assert.Contains(@"\operatorname*{softmax}", page.Find(".eqs").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Count_FollowsTheSize_AndTheAddressKeepsIt()
    {
        var page = Open("/architectures/mig?architecture.gateDim=32", "mig");
        page.Find("#option-shape-width").Input("256");
        page.Find("#option-shape-width").Change("256");
        var (shape, options) = (new ModelShape { Width = 256 }, new Crossbench.Models.Architectures.MigOptions { GateDim = 32 });
        Assert.Equal($"{ModelZoo.Find("mig")!.Cost(shape, 256, options).ParameterCount}", page.Find("[data-count]").GetAttribute("data-count"));
        Assert.EndsWith("/architectures/mig?architecture.gateDim=32&shape.width=256", Addresses.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void SizeThatCannotBe_IsToldBesideItsField_AndTheLastCountStays()
    {
        var page = Open("/architectures/gqa", "gqa");
        page.Find("#option-shape-heads").Input("3");
        Assert.Contains("128 is not a multiple of 3", page.Find("#option-shape-heads").Closest(".fr")!.QuerySelector(".pb")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("1643904", page.Find("[data-count]").GetAttribute("data-count"));
        Assert.Contains("of the last size", page.Find(".size-cols .old").TextContent, StringComparison.Ordinal);
        page.Find("#option-shape-heads").Input("8");
        Assert.Empty(page.FindAll(".pb"));
        Assert.Empty(page.FindAll(".size-cols .old"));
    }

    [Fact]
    public void AddressThatSaysWhatChangesNoModel_IsTold_AndCanBeMended()
    {
        var page = Open("/architectures/gqa?training.steps=3&shape.widht=7", "gqa");
        var text = page.Find(".probs.loose").TextContent;
        Assert.Contains("training.steps: It does not change the model.", text, StringComparison.Ordinal);
        Assert.Contains("Did you mean shape.width?", text, StringComparison.Ordinal);
        page.FindAll(".probs.loose button").First(button => button.ParentElement!.TextContent.Contains("training.steps", StringComparison.Ordinal)).Click();
        Assert.DoesNotContain("training.steps", Addresses.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownArchitecture_SaysSo() =>
        Assert.Contains("There is no architecture nonsense.", Render<ArchitectureDetails>(parameters => parameters.Add(page => page.Id, "nonsense")).Markup, StringComparison.Ordinal);

    private IRenderedComponent<ArchitectureDetails> Open(string address, string id)
    {
        Addresses.NavigateTo(address);
        return Render<ArchitectureDetails>(parameters => parameters.Add(page => page.Id, id));
    }
}
