using System.Text;
using Bunit;
using Crossbench.Datasets;
using Crossbench.Datasets.Imports;
using Crossbench.Datasets.Sources;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Tests.Support;
using Crossbench.Web;
using Crossbench.Web.Components.Datasets;
using Crossbench.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossbench.Tests.Web;

public sealed class DatasetPageTests : PageContext
{
    private readonly TempFolder _folder = new();

    public DatasetPageTests() =>
        Services.AddSingleton(_folder.Data).AddSingleton(new ImportFolder(_folder.Data, TimeProvider.System)).AddSingleton(new ServeOptions(_folder.Data, UploadLimit: 100_000));

    private NavigationManager Addresses => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void List_HasACardForEachDataset_WithChanceAndFloorWhereTheyAreKnown_AndRowsWhereNothingIsMissing()
    {
        var page = Open<DatasetList>("/datasets");
        Assert.Equal(DatasetCatalog.All.Select(dataset => dataset.Id), page.FindAll(".card h2").Select(name => name.TextContent));
        page.WaitForAssertion(() => Assert.NotNull(page.Find(".cards[data-ready]")), Patience);
        Assert.All(page.FindAll(".card").Zip(DatasetCatalog.All), pair =>
        {
            var (card, dataset) = pair;
            Assert.Contains(dataset.Summary, card.TextContent, StringComparison.Ordinal);
            Assert.Equal($"/datasets/{dataset.Id}", card.QuerySelector("a")!.GetAttribute("href"));
            Assert.Equal(dataset.Glimpse is null ? 0 : dataset.IsFixed ? 1 : 2, card.QuerySelectorAll(".tks").Length);
        });
        var sparse = page.Find("[aria-labelledby=dataset-sparse_signal]");
        Assert.Contains(Format.ShortLoss(new SparseSignal().Describe(new SparseSignalOptions(), new ModelShape().ContextLength, 4096).Chance), sparse.TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(sparse.QuerySelectorAll(".tk-signal:not(.un)"));
        Assert.NotEmpty(sparse.QuerySelectorAll(".tk-noise:not(.un)"));
        Assert.Contains("1.9 GB", page.Find("[aria-labelledby=dataset-tinystories]").TextContent, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Data.Datasets), "A list prepares nothing.");
    }

    [Fact]
    public void EachPage_HasAFieldForEveryOptionThatMatters_AndARowForEvery()
    {
        foreach (var dataset in DatasetCatalog.All)
        {
            Addresses.NavigateTo($"/datasets/{dataset.Id}");
            var page = Render<DatasetDetails>(parameters => parameters.Add(details => details.Id, dataset.Id));
            Assert.All(OptionSchema.For(dataset.Defaults.GetType()).Fields, field =>
            {
                Assert.Equal(dataset.IdleOptions(dataset.Defaults).Contains(field.Name) ? 0 : 1, page.FindAll($"#option-dataset-{field.Name}").Count);
                Assert.Contains($"<code>dataset.{field.Name}</code>", page.Markup, StringComparison.Ordinal);
            });
            Assert.NotNull(page.Find("#option-shape-contextLength"));
        }
    }

    [Fact]
    public void Options_AppearAsSoonAsTheyMatter_AndStayWhileTheyAreSet()
    {
        var page = Open<DatasetDetails>("/datasets/noisy_text?dataset.tokenizerSize=500", "noisy_text");
        Assert.Empty(page.FindAll("#option-dataset-path"));
        Assert.NotEmpty(page.FindAll("#option-dataset-stories"));
        Assert.NotEmpty(page.FindAll("#option-dataset-tokenizerSize"));
        page.Find("#option-dataset-source").Change("text");
        Assert.NotEmpty(page.FindAll("#option-dataset-path"));
        Assert.NotEmpty(page.FindAll("#option-dataset-badRecords"));
        Assert.Empty(page.FindAll("#option-dataset-stories"));
    }

    [Theory]
    [InlineData("nonsense", "/datasets")]
    [InlineData("sparse_signl", "/datasets/sparse_signal")]
    public void UnknownDataset_SaysSo_WithTheNearest(string id, string link)
    {
        var page = Open<DatasetDetails>("/datasets/" + id, id);
        Assert.Contains($"There is no dataset {id}.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(link, page.Find(".empty .lk").GetAttribute("href"));
    }

    [Fact]
    public void FormThatNobodyHasFilledIn_ShowsAHint_AndWhatIsWrongOnlyWhenAskedTo()
    {
        var page = Open<DatasetDetails>("/datasets/text", "text");
        Assert.Empty(page.FindAll(".pb"));
        Assert.Null(page.Find(".look button").GetAttribute("aria-disabled"));
        Assert.Contains("Give the path", page.Find(".look .ft").TextContent, StringComparison.Ordinal);
        page.Find("#option-dataset-tokenizer").Change("gpt2");
        Assert.Empty(page.FindAll(".pb"));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Contains("No text is named.", page.Find(".pb").TextContent, StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void FieldThatWasTouched_SaysWhatIsWrong()
    {
        var page = Open<DatasetDetails>("/datasets/text", "text");
        page.Find("#option-dataset-path").Input("a");
        page.Find("#option-dataset-path").Input("");
        Assert.Contains("No text is named.", page.Find(".pb").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void LookThatFailed_IsPossibleAgain_WithoutAnyChange()
    {
        var records = string.Concat(Enumerable.Range(0, 400).Select(i => $$"""{"text":"record {{i}} with words in it"}""" + "\n"));
        var path = _folder.Write("mended.jsonl", records + "{broken");
        var page = Open<DatasetDetails>($"/datasets/text?look=true&dataset.path={Uri.EscapeDataString(path)}", "text");
        page.WaitForAssertion(() => Assert.Contains("line 401", page.Find(".pb").TextContent, StringComparison.Ordinal), Patience);
        Assert.Null(page.Find(".look button").GetAttribute("aria-disabled"));
        Assert.Contains("Look again once it is mended.", page.Find(".look").TextContent, StringComparison.Ordinal);
        _folder.Write("mended.jsonl", records);
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
        Assert.Empty(page.FindAll(".pb"));
    }

    [Fact]
    public void GeneratedData_AreShownAtOnce_AndFollowEachChange()
    {
        var page = Open<DatasetDetails>("/datasets/sparse_signal?shape.vocabulary=64&shape.contextLength=20", "sparse_signal");
        page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
        Assert.Equal(4, page.FindAll(".sample").Count);
        Assert.Equal(19, page.FindAll(".sample")[0].QuerySelectorAll(".tk:not(.un)").Length);
        Assert.Contains(Format.ShortLoss(new SparseSignal().Describe(new SparseSignalOptions(), 20, 64).Chance), page.Find(".facts").TextContent, StringComparison.Ordinal);

        page.Find("#option-shape-contextLength").Input("30");
        page.Find("#option-shape-contextLength").Change("30");
        page.WaitForAssertion(() => Assert.Equal(29, page.FindAll(".sample")[0].QuerySelectorAll(".tk:not(.un)").Length), Patience);
        Assert.Contains("shape.contextLength=30", Addresses.Uri, StringComparison.Ordinal);
        Assert.Contains("shape.contextLength=30", page.Find("a.pri").GetAttribute("href"), StringComparison.Ordinal);
        Assert.StartsWith("/new?dataset.id=sparse_signal", page.Find("a.pri").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void DataToBeDownloaded_WaitForTheButton_WhateverTheAddressSays()
    {
        var page = Open<DatasetDetails>("/datasets/tinystories?look=true", "tinystories");
        Assert.Equal("open", State(page));
        Assert.Contains("Downloads TinyStories, 1.9 GB, from ", page.Find(".look .ft").TextContent, StringComparison.Ordinal);
        Assert.Equal("Download", page.Find(".look button").TextContent);
        Assert.False(Directory.Exists(_folder.Data.Datasets));
    }

    [Fact]
    public void DownloadThatFailed_IsPossibleAgain_AndThenShowsWhatCame()
    {
        var isMended = false;
        var stories = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Tom had a cat. The cat was happy.\n<|endoftext|>\n", 600)));
        using var hub = new HubServer((context, _) =>
        {
            context.Response.StatusCode = 404;
            return isMended ? HubServer.Send(context, stories) : Task.CompletedTask;
        });
        var usual = Environment.GetEnvironmentVariable("CROSSBENCH_HUB");
        Environment.SetEnvironmentVariable("CROSSBENCH_HUB", hub.Address.AbsoluteUri);
        try
        {
            var page = Open<DatasetDetails>("/datasets/tinystories", "tinystories");
            page.Find("form").Submit();
            page.WaitForAssertion(() => Assert.Contains("has no such file", page.Find(".pb").TextContent, StringComparison.Ordinal), Patience);
            Assert.Equal("Download", page.Find(".look button").TextContent);
            isMended = true;
            page.Find("form").Submit();
            page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
            Assert.Equal("Look", page.Find(".look button").TextContent);
            Assert.Empty(page.FindAll(".pb"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("CROSSBENCH_HUB", usual);
        }
    }

    [Fact]
    public void NoisyData_TellTheirRealShareOfNoise()
    {
        var page = Open<DatasetDetails>("/datasets/poisoned_needle?dataset.stories=400&shape.contextLength=256&shape.vocabulary=4096&look=true", "poisoned_needle");
        page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
        Assert.Contains("77.0", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Contains("6.426", page.Find(".facts").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_TellTheirClassWithoutColour()
    {
        var page = Open<DatasetDetails>("/datasets/sparse_signal?shape.vocabulary=64&shape.contextLength=20", "sparse_signal");
        page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
        Assert.Equal(["signal", "noise", "not scored"], page.FindAll(".legs .tk").Select(mark => mark.TextContent));
        var tokens = page.FindAll(".sample")[0].QuerySelectorAll(".tk");
        Assert.Matches(@"^position 0, id \d+: given, not scored$", tokens[0].GetAttribute("title"));
        Assert.Matches(@"^position 19, id \d+: signal, scored$", tokens[19].GetAttribute("title"));
        Assert.Equal(20, tokens.Length);

        Addresses.NavigateTo("/datasets/sparse_signal?shape.vocabulary=64&shape.contextLength=20&table=true");
        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll(".scrollx.tall").Count), Patience);
        Assert.Equal(["19", "signal", "yes"], Cells(page.FindAll(".scrollx.tall")[0].QuerySelectorAll("tbody tr")[19]));
    }

    [Fact]
    public void Text_IsLookedIntoWhenAsked_AndTheAddressRemembersIt()
    {
        var path = _folder.Write("cats.txt", string.Concat(Enumerable.Repeat("The cat sat.\n", 800)));
        var page = Open<DatasetDetails>($"/datasets/text?dataset.path={Uri.EscapeDataString(path)}", "text");
        Assert.Equal("open", State(page));
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Equal("done", State(page)), Patience);
        Assert.Contains("look=true", Addresses.Uri, StringComparison.Ordinal);
        Assert.Contains("10,400", page.Find(".facts").TextContent, StringComparison.Ordinal);
        Assert.Contains("↵", page.Find(".tks").TextContent, StringComparison.Ordinal);

        page.Find("#option-shape-contextLength").Input("64");
        page.Find("#option-shape-contextLength").Change("64");
        page.WaitForAssertion(() => Assert.Equal("open", State(page)), Patience);
        Assert.Contains("belongs to the options before", page.Find(".look").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("look=true", Addresses.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_ThatOnlyReadingShows_StandBesideTheirFields()
    {
        var lines = Enumerable.Range(0, 400).Select(i => $$"""{"text":"record {{i}} with words in it"}""").Append("{broken");
        var path = _folder.Write("a.jsonl", string.Join('\n', lines));
        var page = Open<DatasetDetails>($"/datasets/text?look=true&dataset.path={Uri.EscapeDataString(path)}", "text");
        page.WaitForAssertion(() => Assert.Contains("line 401", page.Find("#option-dataset-path").Closest(".fr")!.QuerySelector(".pb")!.TextContent, StringComparison.Ordinal), Patience);
        page.InvokeAsync(() => page.FindAll(".pb .lk").Single(link => link.TextContent == "skip").Click());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".pb")), Patience);
        page.InvokeAsync(() => page.Find("form").Submit());
        page.WaitForAssertion(() => Assert.Contains("1 broken record was left out", page.Markup, StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Problems_OfAnAddress_AreAllShownAtOnce()
    {
        var wrong = Open<DatasetDetails>("/datasets/text?dataset.path=missing.txt&shape.contextLength=none&training.steps=3", "text");
        Assert.Contains("missing.txt", wrong.Find("#option-dataset-path").Closest(".fr")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("not a whole number", wrong.Find("#option-shape-contextLength").Closest(".fr")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("training.steps: It does not change the data.", wrong.Find(".probs.loose").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void UploadedFile_IsKept_ListedWithItsUse_AndDeletedWhenConfirmed()
    {
        var panel = Panel();
        var line = """{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"ho ho ho"}]}""" + "\n";
        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(string.Concat(Enumerable.Repeat(line, 200)), "talk.jsonl"));
        panel.WaitForAssertion(() => Assert.Contains("talk.jsonl is here", panel.Find(".imp-said[aria-live]").TextContent, StringComparison.Ordinal), Patience);
        panel.WaitForAssertion(() => Assert.StartsWith("/datasets/chat?dataset.path=", panel.Find(".use a").GetAttribute("href"), StringComparison.Ordinal), Patience);
        Assert.Equal("/datasets/imports/talk.jsonl", panel.Find("a[download]").GetAttribute("href"));

        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(line, "talk.jsonl"));
        panel.WaitForAssertion(() => Assert.Contains("talk.jsonl is here as talk-2.jsonl", panel.Markup, StringComparison.Ordinal), Patience);
        panel.WaitForAssertion(() => Assert.Equal(2, panel.FindAll(".files tbody tr").Count), Patience);
    }

    [Theory]
    [InlineData("half.jsonl", "{broken", "is not JSON")]
    [InlineData("nul.txt", "a\0b", "NUL byte")]
    [InlineData("list.json", "[{\"text\":\"a\"},\n{\"text\":\"b\"}]", "is one JSON list")]
    public void UploadedFileThatCannotBeUsed_SaysSoAtOnce(string name, string content, string reason)
    {
        var panel = Panel();
        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(content, name));
        panel.WaitForAssertion(() => Assert.Contains($"{name} is here", panel.Find(".imp-said[aria-live] .err").TextContent, StringComparison.Ordinal), Patience);
        Assert.Contains(reason, panel.Find(".imp-said[aria-live] .err").TextContent, StringComparison.Ordinal);
        Assert.EndsWith(". Look into it", panel.Find(".imp-said[aria-live] .err").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void UploadedTokenizer_IsOfferedAsOne()
    {
        var panel = Panel();
        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("{\"version\":\"1.0\",\"added_tokens\":[],\"model\":{}}", "bpe.json"));
        panel.WaitForAssertion(() => Assert.Equal("as a tokenizer", panel.Find(".use a").TextContent), Patience);
        var path = Path.Combine(new ImportFolder(_folder.Data, TimeProvider.System).Root, "bpe.json");
        Assert.Equal($"/datasets/text?dataset.tokenizer=file&dataset.tokenizerFile={Uri.EscapeDataString(path)}", panel.Find(".use a").GetAttribute("href"));
    }

    [Fact]
    public void FileAboveTheLimit_IsRefusedInWords()
    {
        var panel = Panel();
        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(new string('a', 200_000), "big.txt"));
        panel.WaitForAssertion(() => Assert.Contains("at most", panel.Find(".imp-said .err").TextContent, StringComparison.Ordinal), Patience);
        Assert.Empty(new ImportFolder(_folder.Data, TimeProvider.System).List());
    }

    [Fact]
    public void Path_OpensTheDatasetThatItFits_OrSaysWhatIsWrong()
    {
        var path = _folder.Write("tasks.jsonl", string.Join('\n', Enumerable.Repeat("""{"instruction":"Say yes, loudly.","output":"Yes, yes, yes!"}""", 200)));
        var panel = Panel();
        panel.Find("#import-path").Input(_folder.File("task.jsonl"));
        panel.Find("form").Submit();
        panel.WaitForAssertion(() => Assert.Contains("does not exist", panel.Find("#import-problem").TextContent, StringComparison.Ordinal), Patience);
        panel.InvokeAsync(() => panel.Find("#import-problem .lk").Click());
        panel.WaitForAssertion(() => Assert.Equal($"/datasets/instructions?dataset.path={Uri.EscapeDataString(path)}", new Uri(Addresses.Uri).PathAndQuery), Patience);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        _folder.Dispose();
    }

    private IRenderedComponent<ImportPanel> Panel()
    {
        var panel = Render<ImportPanel>();
        panel.WaitForAssertion(() => Assert.Contains("None was uploaded yet.", panel.Markup, StringComparison.Ordinal), Patience);
        return panel;
    }

    private static TimeSpan Patience => TimeSpan.FromSeconds(20);

    private static string? State(IRenderedComponent<HeaderAndPage> page) => page.Find("[data-state]").GetAttribute("data-state");

    private static string[] Cells(AngleSharp.Dom.IElement row) => [row.Children[0].TextContent, row.Children[3].TextContent, row.Children[4].TextContent];

    private IRenderedComponent<HeaderAndPage> Open<TPage>(string address, string? id = null)
        where TPage : IComponent
    {
        Addresses.NavigateTo(address);
        return Render<HeaderAndPage>(parameters => parameters.Add(host => host.Page, typeof(TPage)).Add(host => host.Values, id is null ? [] : new Dictionary<string, object?> { ["Id"] = id }));
    }
}
