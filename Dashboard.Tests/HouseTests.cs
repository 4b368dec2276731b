using System.Text.RegularExpressions;
using Crossbench.Datasets;
using Crossbench.Models;
using Crossbench.Options;
using Crossbench.Tests.Support;
using Crossbench.Training;
using Xunit;

namespace Crossbench.Tests;

/// <summary>The rules of the house, as tests.</summary>
public sealed partial class HouseTests
{
    private const int LongestFile = 350;
    private static readonly string[] Sources = [".cs", ".razor", ".cpp", ".h", ".js", ".css"];

    [Fact]
    public void Files_HoldOneThing_SoTheyAreShort()
    {
        var folders = new[] { "Dashboard.Torch", "Dashboard.Core", "Dashboard.Web", "Dashboard.Tests", "wwwroot-assets", "bench", "build" };
        var tooLong = folders.SelectMany(folder => Repository.Files(folder, Sources))
            .Select(path => (path, lines: Repository.Read(path).Count(c => c == '\n')))
            .Where(file => file.lines > LongestFile)
            .Select(file => $"{file.path}: {file.lines} lines");
        Assert.Empty(tooLong);
    }

    [Theory]
    [InlineData("Statistics", "Models Datasets Training Runs Launching Metrics Reports Suites")]
    [InlineData("Metrics", "Models Datasets Training Runs Launching Reports Suites Statistics")]
    [InlineData("Datasets", "Models Training Runs Launching Metrics Reports Suites Statistics")]
    [InlineData("Models", "Datasets Training Runs Launching Reports Suites")]
    [InlineData("Training", "Runs Launching Reports Suites")]
    [InlineData("Runs", "Launching Reports Suites")]
    [InlineData("Suites", "Runs Launching Reports Statistics")]
    public void Core_PointsInOneDirection(string folder, string forbidden)
    {
        var pattern = new Regex($@"^using (static )?Crossbench\.({forbidden.Replace(' ', '|')})\b", RegexOptions.Multiline);
        var path = $"Dashboard.Core/{folder}";
        var wrong = Directory.Exists(Path.Combine(Repository.Root, path)) ? Repository.Files(path, ".cs").Where(file => pattern.IsMatch(Repository.Read(file))) : [];
        Assert.Empty(wrong);
    }

    [Fact]
    public void Web_NamesNoTensorAndNoDatabase()
    {
        var wrong = Repository.Files("Dashboard.Web", ".cs", ".razor").Where(file => TensorOrDatabase().IsMatch(Repository.Read(file)));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Core_KnowsNoWebFramework() =>
        Assert.DoesNotContain(Repository.Files("Dashboard.Core", ".cs"), file => Repository.Read(file).Contains("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void ArchitectureIds_AreNamedInTheirOwnFileOnly()
    {
        var wrong = ModelZoo.All.SelectMany(architecture => new[] { "Dashboard.Core", "Dashboard.Web" }
            .SelectMany(folder => Repository.Files(folder, ".cs", ".razor"))
            .Where(file => !file.StartsWith("Dashboard.Core/Models/Architectures/", StringComparison.Ordinal))
            .Where(file => Repository.Read(file).Contains($"\"{architecture.Id}\"", StringComparison.Ordinal)));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Lists_AreComplete_WithUniqueIds()
    {
        var architectures = typeof(Architecture).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Architecture)) && !type.IsAbstract);
        Assert.Equal(architectures.Select(type => type.Name).Order(), ModelZoo.All.Select(item => item.GetType().Name).Order());
        var datasets = typeof(Dataset).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Dataset)) && !type.IsAbstract);
        Assert.Equal(datasets.Select(type => type.Name).Order(), DatasetCatalog.All.Select(item => item.GetType().Name).Order());
        Assert.All(ModelZoo.All, item => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", item.Id));
        Assert.All(DatasetCatalog.All, item => Assert.Matches("^[a-z0-9]+(_[a-z0-9]+)*$", item.Id));
        Assert.Equal(ModelZoo.All.Count, ModelZoo.All.Select(item => item.Id).Distinct().Count());
        Assert.Equal(DatasetCatalog.All.Count, DatasetCatalog.All.Select(item => item.Id).Distinct().Count());
    }

    [Fact]
    public void EveryOption_HasALabelHelpAndALegalDefault()
    {
        object[] records = [new ModelShape(), new TrainingOptions(), .. ModelZoo.All.Select(item => item.Defaults), .. DatasetCatalog.All.Select(item => item.Defaults)];
        foreach (var record in records)
        {
            Assert.All(OptionSchema.For(record.GetType()).Fields, field =>
            {
                Assert.NotEqual("", field.Help);
                Assert.NotEqual(field.Name, field.Label);
                Assert.Null(field.TryParse(field.Name, field.Format(record), out _));
            });
        }
    }

    [Fact]
    public void Readme_ListsWhatThereIs()
    {
        var readme = Repository.Read("README.md");
        var listed = TableRow().Matches(readme).Select(match => match.Groups[1].Value);
        Assert.Equal(ModelZoo.All.Select(item => item.Id).Concat(DatasetCatalog.All.Select(item => item.Id)), listed);
    }

    [Fact]
    public void Sources_HoldNoUnfinishedWork()
    {
        var folders = new[] { "Dashboard.Torch", "Dashboard.Core", "Dashboard.Web", "Dashboard.Tests", "bench" };
        Assert.DoesNotContain(folders.SelectMany(folder => Repository.Files(folder, Sources)).Where(file => !file.EndsWith("HouseTests.cs", StringComparison.Ordinal)), file => Unfinished().IsMatch(Repository.Read(file)));
    }

    [GeneratedRegex(@"\b(TorchSharp|DbContext|SqliteConnection)\b")]
    private static partial Regex TensorOrDatabase();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|Thread\.Sleep|#region|catch \(Exception\)\s*\{\s*\}")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\| `([a-z0-9_-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
