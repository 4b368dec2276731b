using Bunit;
using Crossbench.Models;
using Crossbench.Web.Components.Pages;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class ArchitecturePageTests : PageContext
{
    [Fact]
    public void List_HasARowForEachArchitecture_WithItsCount()
    {
        var rows = Render<ArchitectureList>().FindAll("tbody tr").Select(row => row.TextContent).ToArray();
        Assert.Equal(ModelZoo.All.Count, rows.Length);
        Assert.Contains("1,643,904", rows[0], StringComparison.Ordinal);
        Assert.All(rows.Zip(ModelZoo.All), pair => Assert.Contains(pair.Second.Title, pair.First, StringComparison.Ordinal));
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
    public void UnknownArchitecture_SaysSo() =>
        Assert.Contains("There is no architecture nonsense.", Render<ArchitectureDetails>(parameters => parameters.Add(page => page.Id, "nonsense")).Markup, StringComparison.Ordinal);
}
