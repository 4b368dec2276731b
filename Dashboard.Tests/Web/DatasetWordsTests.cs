using Bunit;
using Crossbench.Datasets;
using Crossbench.Datasets.Imports;
using Crossbench.Tests.Support;
using Crossbench.Web;
using Crossbench.Web.Components.Pages;
using Crossbench.Web.Forms;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

/// <summary>What the page of a dataset says of its rows and of its address.</summary>
public sealed class DatasetWordsTests : PageContext
{
    private readonly TempFolder _folder = new();

    public DatasetWordsTests() =>
        Services.AddSingleton(_folder.Data).AddSingleton(new ImportFolder(_folder.Data, TimeProvider.System)).AddSingleton(new ServeOptions(_folder.Data, UploadLimit: 100_000));

    private NavigationManager Addresses => Services.GetRequiredService<NavigationManager>();

    private static TimeSpan Patience => TimeSpan.FromSeconds(20);

    [Fact]
    public void NoisySample_ShowsTheCleanTextBelow_AndALinkHasASpaceBeforeIt()
    {
        var page = Open("/datasets/noisy_text?dataset.stories=200&dataset.rate=0.4&look=true&training.steps=3", "noisy_text");
        Assert.Contains("contextLength and shape.vocabulary. Remove it", page.Find(".probs.loose").TextContent, StringComparison.Ordinal);
        page.Find(".probs.loose .lk").Click();
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
        Assert.Equal(4, page.FindAll(".sample .clean").Count);
        var letters = string.Concat(page.FindAll(".sample")[0].QuerySelectorAll(".tk").Select(mark => mark.TextContent)).Replace('␣', ' ');
        Assert.DoesNotContain(page.Find(".sample .clean").TextContent["Clean ".Length..][..20], letters, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rule_conflict", "dataset.rules=sort&dataset.rules=copy", "2 times: \"sort\", \"copy\"")]
    [InlineData("mqar", "shape.contextLength=64&shape.contextLength=128", "2 times: \"64\", \"128\"")]
    public void OptionThatAnAddressGivesTwice_IsSaidToBe(string id, string query, string expected)
    {
        var page = Open($"/datasets/{id}?{query}", id);
        Assert.Contains(expected, page.Find(".pb").TextContent, StringComparison.Ordinal);
        Addresses.NavigateTo($"/new?dataset.id={id}&{query}");
        Assert.Contains(AddressSettings.Of(new Uri(Addresses.Uri).Query).Problems, problem => problem.Reason.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void DataOfFewSequences_SaySo()
    {
        var page = Open("/datasets/copy_delay?dataset.alphabet=2&dataset.stringLength=2&dataset.delay=0&shape.contextLength=5", "copy_delay");
        page.WaitForAssertion(() => Assert.Contains("only 4 are different: those held out occur in training too", page.Markup, StringComparison.Ordinal), Patience);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _folder.Dispose();
    }

    private static string? State(IRenderedComponent<DatasetDetails> page) => page.Find("[data-state]").GetAttribute("data-state");

    private IRenderedComponent<DatasetDetails> Open(string address, string id)
    {
        Addresses.NavigateTo(address);
        return Render<DatasetDetails>(parameters => parameters.Add(details => details.Id, id));
    }
}
