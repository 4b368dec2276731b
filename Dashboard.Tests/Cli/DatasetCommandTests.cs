using System.Diagnostics;
using System.Text.Json;
using Crossbench.Datasets;
using Crossbench.Datasets.Sources;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Tests.Support;
using Xunit;

namespace Crossbench.Tests.Cli;

[Trait("Category", "Process")]
public sealed class DatasetCommandTests : IDisposable
{
    // Long enough to be interrupted in the middle.
    private static readonly string[] LongPreparation = ["prepare", "--dataset", "stories", "--set", "dataset.stories=60000"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task List_HasEveryDataset_WithOptions_AndSamplesWhereNothingMustBeRead()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "datasets", "--json", "--rows", "2");
        Assert.True(code == 0, errors);
        var items = JsonDocument.Parse(output).RootElement.EnumerateArray().ToArray();
        Assert.Equal(DatasetCatalog.All.Select(item => item.Id), items.Select(item => item.GetProperty("id").GetString()));
        Assert.All(items.Zip(DatasetCatalog.All), pair => Assert.Equal(
            OptionSchema.For(pair.Second.Defaults.GetType()).Fields.Select(field => field.Name), pair.First.GetProperty("options").EnumerateArray().Select(option => option.GetProperty("name").GetString())));
        var sparse = items.Single(item => item.GetProperty("id").GetString() == "sparse_signal");
        Assert.Equal((new SparseSignal().Describe(new SparseSignalOptions(), new ModelShape().ContextLength, 4096).Chance!.Value, 2), (sparse.GetProperty("chance").GetDouble(), sparse.GetProperty("samples").GetArrayLength()));
        var text = items.Single(item => item.GetProperty("id").GetString() == "text");
        Assert.Equal((JsonValueKind.Null, 0), (text.GetProperty("chance").ValueKind, text.GetProperty("samples").GetArrayLength()));
        Assert.Contains("No text is named.", text.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("data/datasets")), "A list prepares nothing.");

        var plain = await CrossbenchProcess.RunAsync(_folder, "datasets");
        Assert.All(plain.Output.TrimEnd().Split('\n').Zip(DatasetCatalog.All), pair => Assert.StartsWith(pair.Second.Id + " ", pair.First, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fixed", "0.5", 4.18)]
    [InlineData("fixed", "0.05", 7.96)]
    [InlineData("perBatch", "0.5", 4.40)]
    [InlineData("perBatch", "0.15", 7.34)]
    public async Task Floor_IsThePublishedOne_AtTheOptionsSet(string motif, string ratio, double floor)
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(
            _folder, "datasets", "sparse_signal", "--json", "--set", $"dataset.signalRatio={ratio}", "--set", $"dataset.motif={motif}", "--set", "shape.contextLength=256", "--set", "shape.vocabulary=4096", "--rows", "1");
        Assert.True(code == 0, errors);
        var item = JsonDocument.Parse(output).RootElement.EnumerateArray().Single();
        Assert.Equal(floor, item.GetProperty("floor").GetDouble(), 2);
        var sample = item.GetProperty("samples").EnumerateArray().Single();
        Assert.Equal([256, 256, 256, 256], new[] { "ids", "tokens", "classes", "scored" }.Select(name => sample.GetProperty(name).GetArrayLength()));
        Assert.Equal(255, sample.GetProperty("scored").EnumerateArray().Count(scored => scored.GetBoolean()));
        Assert.Equal(sample.GetProperty("text").GetString()!.Split(' '), sample.GetProperty("ids").EnumerateArray().Take(256).Select(id => id.GetRawText()));
    }

    [Fact]
    public async Task OwnText_IsCountedAndDecoded()
    {
        var content = string.Concat(Enumerable.Repeat("The cat sat on the mat.\n", 400));
        var path = _folder.Write("cats.txt", content);
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "datasets", "text", "--set", $"dataset.path={path}", "--set", "shape.contextLength=32", "--rows", "4", "--json");
        Assert.True(code == 0, errors);
        var item = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal((9600, 1), (item.GetProperty("statistics").GetProperty("tokens").GetInt64(), item.GetProperty("statistics").GetProperty("documents").GetInt64()));
        Assert.Equal(4, item.GetProperty("samples").GetArrayLength());
        Assert.All(item.GetProperty("samples").EnumerateArray(), sample => Assert.Contains(sample.GetProperty("text").GetString()!, content, StringComparison.Ordinal));

        var plain = await CrossbenchProcess.RunAsync(_folder, "datasets", "text", "--set", $"dataset.path={path}");
        foreach (var part in new[] { "dataset.path ", "shape.contextLength ", "Chance", "Floor", "not known", "9,600", "The cat sat on the mat.", "Most frequent tokens" })
        {
            Assert.Contains(part, plain.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EveryMistake_IsToldAtOnce_WithExitCode2()
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(
            _folder, "datasets", "text", "--rows", "99", "--set", "shape.layers=3", "--set", "dataset.pth=a", "--set", "dataset.path=missing.txt", "--set", "shape.contextLength=0");
        Assert.Equal(2, code);
        Assert.Matches(@"\n  dataset.tokenizerSize +4096 \[258 to 65,536\]  Number of token ids", output);
        foreach (var part in new[] { "--rows: 99 is outside", "shape.layers: It does not change the data", "dataset.pth: There is no such option. Did you mean dataset.path?", "shape.contextLength: 0 is outside" })
        {
            Assert.Contains(part, errors, StringComparison.Ordinal);
        }

        Assert.Contains("missing.txt", (await CrossbenchProcess.RunAsync(_folder, "datasets", "text", "--set", "dataset.path=missing.txt")).Errors, StringComparison.Ordinal);
        Assert.Contains("\"txt\" is not known", (await CrossbenchProcess.RunAsync(_folder, "datasets", "txt")).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await CrossbenchProcess.RunAsync(_folder, "datasets", "--set", "dataset.path=a")).Code);
        var option = await CrossbenchProcess.RunAsync(_folder, "datasets", "--foo");
        Assert.Equal(2, option.Code);
        Assert.StartsWith("There is no option --foo.", option.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await CrossbenchProcess.RunAsync(_folder, "prepare")).Code);
        var broken = _folder.Write("broken.jsonl", string.Join('\n', Enumerable.Repeat("{\"text\":\"words and words and words\"}", 500).Append("{\"text\":")));
        var refused = await CrossbenchProcess.RunAsync(_folder, "prepare", "--dataset", "text", "--set", $"dataset.path={broken}");
        Assert.Equal(2, refused.Code);
        Assert.Contains("line 501", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("data/datasets")), file => file.EndsWith(".tokens", StringComparison.Ordinal) || file.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("chat")]
    [InlineData("instructions")]
    public async Task DatasetWithoutItsFile_ShowsItsOptions_AndWhatIsMissing(string id)
    {
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, "datasets", id);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Needed for a look into it: dataset.path: No text is named.", output, StringComparison.Ordinal);
        Assert.All(OptionSchema.For(DatasetCatalog.Find(id)!.Defaults.GetType()).Fields, field => Assert.Contains($"  dataset.{field.Name} ", output, StringComparison.Ordinal));
        var json = await CrossbenchProcess.RunAsync(_folder, "datasets", id, "--json");
        var item = JsonDocument.Parse(json.Output).RootElement[0];
        Assert.Equal((0, JsonValueKind.Null), (json.Code, item.GetProperty("statistics").ValueKind));
        Assert.Contains("No text is named.", Assert.Single(item.GetProperty("problems").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(item.GetProperty("options").EnumerateArray());
        Assert.Equal(2, (await CrossbenchProcess.RunAsync(_folder, "datasets", id, "--set", "dataset.path=missing.jsonl", "--json")).Code);
    }

    [Theory]
    [InlineData("tinystories", "dataset.tokenizer=gpt2")]
    [InlineData("poisoned_needle", "dataset.source=tinystories")]
    [InlineData("noisy_text", "dataset.source=tinystories")]
    public async Task Look_NeverGoesToTheNetwork_AndSaysHowToGetTheData(string id, string setting)
    {
        using var hub = new HubServer((context, _) =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        var mirror = new Dictionary<string, string> { ["CROSSBENCH_HUB"] = hub.Address.AbsoluteUri };
        using var plain = CrossbenchProcess.Start(_folder, mirror, "datasets", id, "--set", setting);
        var (code, output, errors) = await plain.EndAsync();
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("TinyStories, 1.9 GB, from 127.0.0.1", output, StringComparison.Ordinal);
        Assert.Contains($"./run prepare --dataset {id} --set {setting}.", output, StringComparison.Ordinal);
        using var json = CrossbenchProcess.Start(_folder, mirror, "datasets", id, "--set", setting, "--json");
        (code, output, _) = await json.EndAsync();
        Assert.Equal((0, 0), (code, JsonDocument.Parse(output).RootElement[0].GetProperty("problems").GetArrayLength()));
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task DownloadThatIsInterrupted_SaysThatItsPartIsKept()
    {
        using var hub = new HubServer(async (context, _) =>
        {
            context.Response.ContentLength = 1 << 20;
            await context.Response.Body.WriteAsync(new byte[1 << 16], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var process = CrossbenchProcess.Start(_folder, new Dictionary<string, string> { ["CROSSBENCH_HUB"] = hub.Address.AbsoluteUri }, "prepare", "--dataset", "tinystories");
        await WhenUnfinishedAsync(SearchOption.AllDirectories);
        Process.Start("kill", $"-INT {process.Id}").WaitForExit();
        var (code, _, errors) = await process.EndAsync();
        Assert.Equal(4, code);
        Assert.Contains("Stopped. What has arrived is kept; the same command goes on with it.", errors, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(_folder.File("data/datasets"), "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Preparation_SaysWhatItMade_Where_AndHowLarge()
    {
        string[] command = ["prepare", "--dataset", "stories", "--set", "dataset.stories=300"];
        var first = await CrossbenchProcess.RunAsync(_folder, command);
        Assert.True(first.Code == 0, first.Errors);
        var file = Directory.GetFiles(_folder.File("data/datasets"), "*.tokens").Single();
        var lines = first.Output.TrimEnd().Split('\n');
        Assert.Matches(@"^Tokenizing 300 stories: \d+ %$", lines[0]);
        Assert.StartsWith($"made {file}, ", lines[^2], StringComparison.Ordinal);
        Assert.Matches(@"^stories is ready: [\d,]+ tokens in 337 documents", lines[^1]);

        var again = await CrossbenchProcess.RunAsync(_folder, [.. command, "--json"]);
        var end = JsonDocument.Parse(again.Output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal(("prepared", "stories", 337), (end.GetProperty("event").GetString(), end.GetProperty("dataset").GetString(), end.GetProperty("documents").GetInt32()));
        var found = end.GetProperty("files").EnumerateArray().Single();
        Assert.Equal((file, new FileInfo(file).Length, false), (found.GetProperty("path").GetString(), found.GetProperty("bytes").GetInt64(), found.GetProperty("made").GetBoolean()));

        var generated = await CrossbenchProcess.RunAsync(_folder, "prepare", "--dataset", "sparse_signal");
        Assert.Equal("sparse_signal needs no preparation: it is made as it is read.", generated.Output.Trim());
    }

    [Fact]
    public async Task Interrupt_LeavesNothingHalfMade_AndExitCode4()
    {
        using var process = CrossbenchProcess.Start(_folder, LongPreparation);
        await WhenUnfinishedAsync();
        Process.Start("kill", $"-INT {process.Id}").WaitForExit();
        var (code, _, errors) = await process.EndAsync();
        Assert.Equal(4, code);
        Assert.Contains("Nothing half-made was kept", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.File("data/datasets")));
    }

    [Fact]
    public async Task Kill_LeavesNothingThatLooksWhole_AndTheNextPreparationClearsIt()
    {
        using (var process = CrossbenchProcess.Start(_folder, LongPreparation))
        {
            await WhenUnfinishedAsync();
            Process.Start("kill", $"-KILL {process.Id}").WaitForExit();
            await process.EndAsync();
        }

        Assert.All(Directory.GetFiles(_folder.File("data/datasets")), file => Assert.EndsWith(".partial", file, StringComparison.Ordinal));
        var (code, output, errors) = await CrossbenchProcess.RunAsync(_folder, LongPreparation);
        Assert.True(code == 0, errors);
        Assert.Contains("in 67,500 documents", output, StringComparison.Ordinal);
        Assert.EndsWith(".tokens", Assert.Single(Directory.GetFiles(_folder.File("data/datasets"))), StringComparison.Ordinal);
    }

    private async Task WhenUnfinishedAsync(SearchOption depth = SearchOption.TopDirectoryOnly)
    {
        var folder = _folder.File("data/datasets");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!Directory.Exists(folder) || !new DirectoryInfo(folder).EnumerateFiles("*.partial", depth).Any(file => file.Length > 0))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }
}
