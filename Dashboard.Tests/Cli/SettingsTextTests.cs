using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Training;
using Crossbench.Web.Cli;
using Xunit;

namespace Crossbench.Tests.Cli;

public sealed class SettingsTextTests
{
    [Fact]
    public void EveryPathThatCanBeSet_IsTold_WithItsValue()
    {
        var spec = RunSpecReader.Read([new("architecture.id", "mig"), new("dataset.id", "sparse_signal"), new("shape.vocabulary", "64"), new("training.steps", "321")]).OrThrow();
        var writer = new StringWriter();
        SettingsText.Write(writer, spec);
        var lines = writer.ToString().Split('\n').Select(line => line.TrimStart().Split(' ')[0]).ToArray();
        var paths = new RunSpecFields(ModelZoo.Find("mig")!, DatasetCatalog.Find("sparse_signal")!).Paths;
        Assert.All(paths, path => Assert.Contains(path, lines));
        Assert.Contains("  training.steps", writer.ToString());
        Assert.Matches(@"training\.steps +321 ", writer.ToString());
        Assert.All(ModelZoo.All, item => Assert.Contains(item.Id, writer.ToString()));
    }

    [Fact]
    public void AsJson_TheOptionsStandUnderTheirPrefix()
    {
        var json = SettingsText.ToJson(RunSpecReader.Read([new("architecture.id", "mig")]).OrThrow());
        Assert.Contains(json["architecture"]!.AsArray(), option => (string?)option!["name"] == "keepRatio");
        Assert.Contains(json["training"]!.AsArray(), option => (string?)option!["name"] == "learningRate" && (double)option["default"]! > 0);
        Assert.Equal(ModelZoo.All.Count, json["architectures"]!.AsArray().Count);
    }
}
